import { isKind, UnbrickError } from "../../common/errors.ts";
import { byteSize } from "../../common/format.ts";
import { list, plural, text, type Words } from "../../common/text.ts";
import { madeBy, printBackup } from "../backup/backed_up_job.ts";
import { BackupFolder } from "../backup/backup_folder.ts";
import { checkNew } from "../pages/output_file.ts";
import { printLines, type Session } from "../session.ts";
import { wrap } from "../terminal/layout.ts";
import { runJob } from "./job.ts";

export async function backUp(
  session: Session,
  { board, output }: { readonly board?: string; readonly output?: string },
): Promise<number> {
  if (output === undefined) {
    throw new UnbrickError("usage", text`Name the zip to write to: -o FILE.zip.`);
  }
  checkNew(output);
  const folder = new BackupFolder(output, madeBy(session));
  const { error } = await runJob(session, {
    job: "backup",
    board,
    backup: folder,
    origin: { backup: "all", continued: folder.isContinued, name: folder.name },
    onEvent: (event) => folder.event(event),
  });
  // An error of a single region leaves the others whole; the manifest says what is missing.
  const isWhole = error === undefined || error.data.regions !== undefined;
  if (!isWhole) {
    if (!session.options.json && folder.saved.length > 0 && !isKind(error, "bug")) {
      tellUnfinished(session, output);
    }
    return error.exitCode;
  }
  folder.finish();
  folder.end({});
  tellFinished(session, output, folder);
  return error?.exitCode ?? 0;
}

function tellUnfinished(session: Session, output: string): void {
  const words = text`There is no backup yet. What was read is in ${`${output}.part`}, and the same
    command continues there.`;
  printLines(session, wrap(words, session.console.columns));
}

function tellFinished(session: Session, output: string, folder: BackupFolder): void {
  if (session.options.json) return printBackup(session, output, folder);
  const { saved, missing, bytes = 0 } = folder;
  const count = plural(saved.length, text`${saved.length} region`, text`${saved.length} regions`);
  const names = list(saved.map(({ name, size }) => text`${name} (${byteSize(size)})`));
  const lines: Words[] = [
    text`The backup is in ${output}: ${count}, ${byteSize(bytes)}.`,
    text`It contains: ${names}.`,
    ...missing.map(({ name, reason }) => text`It does not contain ${name}: ${reason}`),
  ];
  printLines(session, lines.flatMap((line) => wrap(line, session.console.columns)));
}
