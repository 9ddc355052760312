import { z } from "zod";
import { families } from "../../tests/support/boards/families.ts";
import type { Board } from "../../core/family/board.ts";
import type { ImageRole } from "../../core/image/image.ts";
import { normalPath, pathDanger } from "../../core/image/pack_files.ts";
import { licenceOf } from "./sources.ts";

/**
 * images.lock.json: which real images the program contains, from where, under which licence, and what
 * the maintainer decided. `deno task lock-images` writes it, `deno task build --locked-images` reads
 * it.
 */

/** Version of the format. */
export const lockSchema = 1;

const line = z.string().min(1).regex(/^\P{Cc}*$/u);
const size = z.int().positive();
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const address = line.refine(isAllowedAddress, {
  error: "is not an https address (http only for this computer itself)",
});

const archive = z.strictObject({
  address,
  /** Hosts to which the server may redirect; none: no redirect is followed. */
  redirects: z.array(line),
  /** Bytes. */
  size,
  sha256,
});

const licence = z.strictObject({
  id: line,
  /** What it covers and what is known about it. */
  title: line,
  /** SPDX expression, or a LicenseRef. */
  licence: line,
  /** Where the files come from. */
  source: line,
  /** What the maintainer decided: only accepted files are embedded. */
  decision: z.enum(["accepted", "refused"]),
  /** The text for `unbrick licenses`; empty if refused. */
  notice: z.string(),
}).refine(({ decision, notice }) => decision === "refused" || notice.trim() !== "", {
  error: "is accepted, but has no notice",
});

const file = z.strictObject({
  /** Id of the board. */
  board: line,
  role: line,
  /** Address of the archive, or of the file itself. */
  archive: line,
  /** In the archive; left out if the address is that of the file. */
  path: line.refine((path) => pathDanger(path) === undefined && normalPath(path) === path, {
    error: "is not a safe relative path",
  }).optional(),
  /** Bytes. */
  size,
  sha256,
  /** Id of its licence. */
  licence: line,
});

const lock = z.strictObject({
  schema: z.literal(lockSchema),
  /** Version of the firmware release. */
  version: z.string().regex(/^\d+\.\d+\.\d+(-[a-z]+[.-]?\d*)?$/),
  archives: z.array(archive),
  licences: z.array(licence),
  files: z.array(file).min(1),
});

export type Lock = z.infer<typeof lock>;
export type LockedArchive = Lock["archives"][number];
export type LockedFile = Lock["files"][number];
export type LockedLicence = Lock["licences"][number];

/**
 * Reads a lock.
 * @param name For messages.
 * @throws Error that names the field: not JSON, not this schema, an unknown board, role, archive or
 * licence, or anything listed twice
 */
export function parseLock(text: string, name: string): Lock {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new Error(`${name} is not JSON: ${(error as Error).message}`);
  }
  const result = lock.safeParse(json);
  if (!result.success) {
    const [{ path, message }] = result.error.issues;
    throw new Error(`${name}: ${path.join(".") || "the whole file"}: ${message}`);
  }
  refuseWrongNames(result.data, name);
  return result.data;
}

/** Returns the text of a lock. */
export function lockText(lock: Lock): string {
  return JSON.stringify(lock, null, 2) + "\n";
}

/** True for https, and for http on this computer itself, where nobody is in between. */
export function isAllowedAddress(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname } = new URL(address);
  return protocol === "https:" ||
    protocol === "http:" && ["127.0.0.1", "localhost", "[::1]"].includes(hostname);
}

function refuseWrongNames({ archives, licences, files }: Lock, name: string): void {
  once(archives.map(({ address }) => address), `${name}: archives`);
  once(licences.map(({ id }) => id), `${name}: licences`);
  once(files.map(({ board, role }) => `${board} ${role}`), `${name}: files`);
  const boards = families.flatMap((family) => family.boards);
  for (const { board: id, role, archive, licence } of files) {
    const wrong = (what: string) => new Error(`${name}: ${id}, ${role}: ${what}`);
    const board = boards.find((one) => one.id === id);
    if (!board) throw wrong("there is no such board");
    if (!board.roles.some((one) => one.role === role)) throw wrong("it has no such image");
    if (!archives.some(({ address }) => address === archive)) {
      throw wrong(`${archive} is not one of the archives`);
    }
    if (!licences.some(({ id }) => id === licence)) {
      throw wrong(`${licence} is not one of the licences`);
    }
    const { id: own } = licenceOf(board, board.roles.find((one) => one.role === role)!);
    if (licence !== own) throw wrong(`its licence is ${own}, not ${licence}`);
  }
  for (const board of boards.filter(({ id }) => files.some((file) => file.board === id))) {
    const has = (role: string) =>
      files.some((file) => file.board === board.id && file.role === role);
    const missing = board.roles.find((role) => isNeeded(board, role) && !has(role.role));
    if (missing) throw new Error(`${name}: ${board.id}: there is no ${missing.role}`);
  }
}

/** Returns true if a job of the board cannot be done without the image. */
export function isNeeded({ jobs }: Board, { neededFor }: ImageRole): boolean {
  return neededFor.some((job) => jobs[job] === true);
}

function once(names: readonly string[], where: string): void {
  const twice = names.find((one, at) => names.indexOf(one) !== at);
  if (twice !== undefined) throw new Error(`${where}: ${twice} is listed twice`);
}
