import { byteSize } from "../../common/format.ts";
import { text } from "../../common/text.ts";
import type { RunResult } from "../../plan/engine.ts";
import { type JobRequest, runJob } from "../commands/job.ts";
import { printJson, printLines, type Session } from "../session.ts";
import { wrap } from "../terminal/layout.ts";
import { BackupFolder } from "./backup_folder.ts";

/** Returns what a backup says of the program that made it. */
export const madeBy = ({ context, clock }: Session) => ({
  version: context.version,
  now: () => clock.date(),
});

/** Runs a job that writes; with a file, it saves the camera there first. */
export async function runBackedUp(
  session: Session,
  request: JobRequest,
  file: string | undefined,
): Promise<RunResult> {
  if (file === undefined) return await runJob(session, request);
  const folder = new BackupFolder(file, madeBy(session)).open(session.options);
  const result = await runJob(session, {
    ...request,
    backup: folder,
    origin: { backup: "all", continued: folder.isContinued, name: folder.name },
    onEvent: (event) => folder.event(event),
  });
  folder.end(result);
  if (session.options.json) {
    if (folder.bytes !== undefined) printBackup(session, file, folder);
  } else if (result.error) {
    const words = folder.bytes === undefined
      ? text`There is no backup yet. What was read is in ${`${file}.part`}, and the same command
          continues there.`
      : text`The backup is in ${file} (${byteSize(folder.bytes)}).`;
    if (folder.saved.length > 0) printLines(session, wrap(words, session.console.columns));
  }
  return result;
}

/** Prints the line of JSON about a finished backup. */
export function printBackup(
  session: Session,
  file: string,
  { bytes = 0, saved, missing }: BackupFolder,
): void {
  printJson(session, {
    type: "backup",
    file,
    bytes,
    regions: saved.map(({ bytes: _, ...place }) => place),
    missing: missing.map(({ reason, ...one }) => ({ ...one, reason: String(reason) })),
  });
}
