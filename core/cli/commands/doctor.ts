import { text } from "../../common/text.ts";
import { command } from "../arguments/command.ts";
import { deviceOptions, outputOptions } from "../arguments/common_options.ts";
import { off } from "../arguments/options.ts";
import { ask } from "../doctor/probe.ts";
import { exitCodeOf, findings } from "../doctor/findings.ts";
import { installUdevRules } from "../doctor/install_udev.ts";
import { type DoctorLine, findingLine } from "../json/doctor_lines.ts";
import { FactsRecord } from "../pages/facts_record.ts";
import { doctorLines } from "../views/doctor_lines.ts";
import { printJson, printLines, type Session } from "../session.ts";
import { makeStyle } from "../terminal/style.ts";

/** `doctor`: shows what prevents work on a camera, and how to fix it. */
export const doctor = command({
  name: "doctor",
  tail: "[OPTIONS]",
  brief: text`Find problems with this computer or the camera, and how to solve them. Changes
    nothing by itself.`,
  examples: [
    ["doctor", text`Library, bus, cameras, rights, serial ports, images, space, terminal.`],
    ["doctor --images firmware_release.zip", text`Is this release complete and undamaged?`],
    ["doctor --json", text`The same for a program, or to send to somebody.`],
  ],
  parts: {
    installUdev: off(
      "--install-udev",
      text`Linux: first write the rules that let every user open the cameras (with sudo).`,
    ),
  },
  common: {
    does: [...outputOptions, "images", "publicKey", "port", "libusb", "plugin", "report", "trace"],
    accepts: deviceOptions,
  },
  run: examine,
});

async function examine(
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
