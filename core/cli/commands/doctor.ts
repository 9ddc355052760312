import { ask } from "../doctor/probe.ts";
import { exitCodeOf, findings } from "../doctor/findings.ts";
import { installUdevRules } from "../doctor/install_udev.ts";
import { doctorLines } from "../views/doctor.ts";
import { printJson, printLines, type Session } from "../session.ts";
import { makeStyle } from "../terminal/style.ts";

/** `doctor`: what is in the way of working on a camera, and what repairs it. */
export async function doctor(
  session: Session,
  { installUdev }: { installUdev: boolean },
): Promise<number> {
  const { console, context, options } = session;
  if (installUdev) {
    const done = installUdevRules(context.os);
    if (!options.json) printLines(session, [...done, ""]);
  }
  const answers = await ask(session);
  const found = findings(answers);
  const exitCode = exitCodeOf(found);
  if (options.json) {
    printJson(session, { type: "answers", ...answers });
    for (const finding of found) printJson(session, { type: "finding", ...finding });
    printJson(session, { type: "doctor-ended", exitCode });
  } else {
    const view = { style: makeStyle(console), width: console.columns };
    printLines(session, doctorLines(answers, found, view));
  }
  return exitCode;
}
