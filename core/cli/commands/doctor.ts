import { ask } from "../doctor/probe.ts";
import { exitCodeOf, findings } from "../doctor/findings.ts";
import { installUdevRules } from "../doctor/install_udev.ts";
import { type DoctorLine, findingLine } from "../json/doctor_lines.ts";
import { FactsRecord } from "../pages/facts_record.ts";
import { doctorLines } from "../views/doctor_lines.ts";
import { printJson, printLines, type Session } from "../session.ts";
import { makeStyle } from "../terminal/style.ts";

export async function examine(
  session: Session,
  { installUdev }: { installUdev: boolean },
): Promise<number> {
  const { console, context, options } = session;
  const record = new FactsRecord(session);
  if (installUdev) {
    const done = installUdevRules(context.os);
    if (!options.json) printLines(session, [...done, ""]);
  }
  const answers = await ask(session);
  const found = findings(answers);
  const exitCode = exitCodeOf(found);
  const facts: DoctorLine[] = [
    { type: "answers", ...answers },
    ...found.map(findingLine),
    { type: "doctor-ended", exitCode },
  ];
  facts.forEach((one) => record.add(one));
  record.write();
  if (options.json) facts.forEach((one) => printJson(session, one));
  else {
    const view = { style: makeStyle(console), width: console.columns };
    printLines(session, doctorLines(answers, found, view));
  }
  return exitCode;
}
