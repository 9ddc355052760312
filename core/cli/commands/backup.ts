import { isKind, UnbrickError } from "../../common/errors.ts";
import { byteSize } from "../../common/format.ts";
import { list, plural, text, type Words } from "../../common/text.ts";
import { BackupFolder } from "../backup/backup_folder.ts";
import { checkNew } from "../pages/output_file.ts";
import { printJson, printLines, type Session } from "../session.ts";
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
  const folder = new BackupFolder(output);
  const { error } = await runJob(session, {
    job: "backup",
    board,
    backup: folder,
    origin: { backup: "all", continued: folder.isContinued },
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
  const { version, clock } = session.context;
  const bytes = folder.finish({ version, madeAt: clock.date().toISOString() });
  tellFinished(session, output, bytes, folder);
  return error?.exitCode ?? 0;
}

function tellUnfinished(session: Session, output: string): void {
  const words = text`There is no backup yet. What was read is in ${`${output}.part`}, and the same
    command continues there.`;
  printLines(session, wrap(words, session.console.columns));
}

function tellFinished(
  session: Session,
  output: string,
  bytes: number,
  { saved, missing }: BackupFolder,
): void {
  if (session.options.json) {
    const place = ({ name, memory, address, size }: typeof saved[number]) => ({
      name,
      memory,
      address,
      size,
    });
    return printJson(session, {
      type: "backup",
      file: output,
      bytes,
      regions: saved.map(place),
      missing: missing.map(({ reason, ...one }) => ({ ...one, reason: String(reason) })),
    });
  }
  const count = plural(saved.length, text`${saved.length} region`, text`${saved.length} regions`);
  const names = list(saved.map(({ name, size }) => text`${name} (${byteSize(size)})`));
  const lines: Words[] = [
    text`The backup is in ${output}: ${count}, ${byteSize(bytes)}.`,
    text`It contains: ${names}.`,
    ...missing.map(({ name, reason }) => text`It does not contain ${name}: ${reason}`),
  ];
  printLines(session, lines.flatMap((line) => wrap(line, session.console.columns)));
}
