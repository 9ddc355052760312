import { basename } from "node:path";
import { exitCodes, UnbrickError } from "../../common/errors.ts";
import { byteSize, hex } from "../../common/format.ts";
import { plural, text, type Words } from "../../common/text.ts";
import type { Board } from "../../family/board.ts";
import { decodeBackup, type Region } from "../../image/backup.ts";
import { isFile, readFile } from "../../image/files.ts";
import { fileSystemsIn, type FoundFileSystem, type MemoryPart } from "../../image/memory_part.ts";
import { BackupFolder } from "../backup/backup_folder.ts";
import { madeBy } from "../backup/backed_up_job.ts";
import { boardByName } from "../devices/board_names.ts";
import { checkEmptyFolder, extract, type Extraction, extractions } from "../files/extract.ts";
import { printJson, printLines, type Session } from "../session.ts";
import { columnsOf } from "../terminal/columns.ts";
import { table, wrap } from "../terminal/layout.ts";
import { runJob } from "./job.ts";

/** Larger than any memory of a camera, bytes. Our choice. */
const LARGEST = 0x1000_0000;

export async function showFiles(
  session: Session,
  { source, output }: { readonly source: string; readonly output?: string },
): Promise<number> {
  const looksLikeFile = /[/\\]|\.(zip|bin|img|dfu)$/i.test(source);
  const isSaved = isFile(source) || looksLikeFile;
  if (!isSaved) boardByName(source, session.families);
  if (output !== undefined) checkEmptyFolder(output);
  const { parts, code } = isSaved
    ? { parts: partsOf(source), code: 0 }
    : await partsOfCamera(session, source);
  if (parts.length === 0) return code;
  const systems = fileSystemsIn(parts);
  if (systems.length === 0) {
    throw new UnbrickError(
      "not-found",
      text`${source} contains no file system: neither FAT nor ROMFS.`,
      { file: source },
    );
  }
  const all = extractions(systems);
  if (output !== undefined) extract(all, output);
  if (session.options.json) tellJson(session, systems, all, output);
  else printLines(session, linesOf(session, systems, all, output));
  const isDamaged = systems.some(({ damage, files }) =>
    damage.length > 0 || files.some((file) => file.damage !== undefined)
  );
  return code || (isDamaged ? exitCodes["bad-image"] : 0);
}

/** @throws UnbrickError `not-found`; `bad-image` if it is a damaged backup */
function partsOf(path: string): readonly MemoryPart[] {
  const bytes = readFile(path, LARGEST), name = basename(path);
  const isZip = bytes[0] === 0x50 && bytes[1] === 0x4B;
  return isZip ? decodeBackup(bytes, name).regions : [{ memory: "file", address: 0, bytes }];
}

/** Reads the regions of a camera that may have files. */
async function partsOfCamera(session: Session, name: string) {
  const { board } = boardByName(name, session.families);
  const store = filesOf(session, board);
  const origin = { backup: "files", continued: false } as const;
  const { error } = await runJob(session, { job: "backup", board: name, backup: store, origin });
  return { parts: store.saved, code: error?.exitCode ?? 0 };
}

/** Returns a store that takes the regions that may have files, and keeps nothing on the disk. */
export function filesOf(session: Session, board: Board): BackupFolder {
  const isWanted = (region: Region) => mayHaveFiles(board, region);
  return new BackupFolder(undefined, { ...madeBy(session), isWanted });
}

function mayHaveFiles({ regions = [] }: Board, { address, size }: Region): boolean {
  return regions.some((one) =>
    (one.isFilesystem || one.role?.startsWith("romfs")) &&
    one.address < address + size && address < one.address + one.size
  );
}

function titleOf({ kind, memory, address }: FoundFileSystem): Words {
  return memory === "file"
    ? text`${kind} at offset ${hex(address, 1)}`
    : text`${kind} at ${hex(address)} in ${memory}`;
}

function linesOf(
  { console }: Session,
  systems: readonly FoundFileSystem[],
  all: readonly Extraction[],
  output: string | undefined,
): Words[] {
  const lines = systems.flatMap((system) => {
    const own = all.filter((one) => one.system === system);
    const count = plural(own.length, text`${own.length} file`, text`${own.length} files`);
    const rows = own.map(({ file }) => [`  ${printable(file.path)}`, byteSize(file.size)]);
    const damage = own.flatMap(({ file }) =>
      file.damage ? [text`${printable(file.path)} is damaged: ${file.damage}.`] : []
    );
    return [
      text`${titleOf(system)}: ${count}`,
      ...fitted(rows, console.columns),
      ...[...damage, ...system.damage.map((one) => text`Damaged folder: ${one}.`)]
        .flatMap((line) => wrap(line, console.columns, "  ")),
    ];
  });
  if (output === undefined) return lines;
  const count = plural(all.length, text`${all.length} file`, text`${all.length} files`);
  return [...lines, text`${count} copied to ${output}.`];
}

/** A table; without its second column where it is wider than the screen. */
function fitted(rows: readonly (readonly Words[])[], width: number): Words[] {
  const lines = table(rows);
  return lines.every((line) => columnsOf(line) <= width) ? lines : rows.map(([name]) => name);
}

/** Names come from a foreign file system: they must not command a terminal. */
function printable(path: string): string {
  return path.toWellFormed().replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, "?");
}

function tellJson(
  session: Session,
  systems: readonly FoundFileSystem[],
  all: readonly Extraction[],
  output: string | undefined,
): void {
  for (const system of systems) {
    const { kind, memory, address, size, damage } = system;
    printJson(session, {
      type: "file-system",
      kind,
      memory,
      address,
      size,
      damage: damage.map(String),
    });
    for (const { file, path } of all.filter((one) => one.system === system)) {
      printJson(session, {
        type: "file",
        path: file.path,
        size: file.size,
        damage: file.damage === undefined ? null : String(file.damage),
        copiedTo: output === undefined ? null : path,
      });
    }
  }
}
