import type { Job } from "../../board.ts";
import { UnbrickError } from "../../errors.ts";
import { makeOperator, mayAsk, printLines, type Session } from "../session.ts";
import { makeStyle } from "../style.ts";
import { runJob } from "./job.ts";

/** No command: asks what is wrong; the rest (board, hands, agreement) is asked as in any run. */
export async function wizard(session: Session): Promise<number> {
  const { console, signal } = session;
  if (!mayAsk(session)) {
    throw new UnbrickError("usage", "No command was given, and nobody can be asked for one.");
  }
  const { bold } = makeStyle(console);
  printLines(session, [
    bold("unbrick"),
    "Brings back OpenMV cameras. Leave at any time with Ctrl-C.",
    "",
  ]);
  const job = await makeOperator(session).choose<Job>(
    "What is wrong with the camera?",
    [
      {
        value: "restore",
        label: "It is dead: no sign of life on USB after a reset",
        hint: "restores the bootloader, then the firmware",
      },
      {
        value: "flash",
        label: "It shows up on USB, but its firmware does not work",
        hint: "writes the firmware again",
      },
      {
        value: "verify",
        label: "I want to know whether what is in it is intact",
        hint: "writes nothing",
      },
    ],
    signal,
  );
  const { error } = await runJob(session, { job });
  return error?.exitCode ?? 0;
}
