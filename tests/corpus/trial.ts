import { basename } from "node:path";
import { families } from "../support/boards/families.ts";
import { isKind, type UnbrickError } from "../../core/common/errors.ts";
import type { Board } from "../../core/family/board.ts";
import type { BoardFamily } from "../../core/family/family.ts";
import { boardImages } from "../../core/image/board_images.ts";
import { readFile } from "../../core/image/files.ts";
import { imageForPlace, type Place } from "../../core/image/for_place.ts";
import type { Image } from "../../core/image/image.ts";
import { loadImage } from "../../core/image/load.ts";
import { maximumEntrySize } from "../../core/image/zip.ts";
import type { GenuineFile } from "./genuine_file.ts";

/** What became of one file in one place of one board. */
export interface Verdict {
  readonly board: Board;
  readonly role: string;
  /** `consent`: only with a named consent. */
  readonly outcome: "accepted" | "consent" | "refused";
  /** Why it was refused. */
  readonly error?: UnbrickError;
  /** Doors that decided otherwise than restore, flash and import do, one sentence each. */
  readonly contradictions: readonly string[];
}

/** Tries a file as every image of every board, with the functions that all doors use. */
export function verdictsOn(file: GenuineFile): Verdict[] {
  const bytes = readFile(file.full, maximumEntrySize);
  return families.flatMap((family) =>
    family.boards.flatMap((board) =>
      board.roles.filter(({ role }) => !role.endsWith("-sign")).map(({ role }) => {
        const verdict = verdictOf({ family, board }, role, file, bytes);
        return {
          ...verdict,
          contradictions: contradictions({ family, board }, verdict, file, bytes),
        };
      })
    )
  );
}

/** As restore, flash, verify and import check it. */
function verdictOf(
  { family, board }: Possible,
  role: string,
  file: GenuineFile,
  bytes: Uint8Array,
): Omit<Verdict, "contradictions"> {
  try {
    const images = [imageOf(file.full, role, bytes), ...companionsOf(board, role, file)];
    const { needs } = family.checkImages!(board, boardImages(file.path, images));
    return { board, role, outcome: needs.length > 0 ? "consent" : "accepted" };
  } catch (error) {
    if (!isKind(error, "bad-image", "wrong-board")) throw error;
    return { board, role, outcome: "refused", error };
  }
}

interface Possible {
  readonly board: Board;
  readonly family: BoardFamily;
}

const imageOf = (path: string, role: string, bytes: Uint8Array): Image =>
  loadImage(bytes, { role, name: basename(path), source: path });

/** What Alif's tools put beside a package: its signature, and the pointer line of its root key. */
function companionsOf({ roles }: Board, role: string, { full }: GenuineFile): Image[] {
  const folder = full.slice(0, -basename(full).length);
  const flavour = role.endsWith("-dev") ? "-dev" : "";
  return [
    [`${role}-sign`, `${full}.sign`],
    [`pointer${flavour}`, `${folder}offset-58-rev-b4${flavour}.bin`],
    [`pointer${flavour}-sign`, `${folder}offset-58-rev-b4${flavour}.bin.sign`],
  ].flatMap(([beside, path]) => {
    if (!roles.some((one) => one.role === beside) || role === beside || !isFile(path)) return [];
    return [imageOf(path, beside, Deno.readFileSync(path))];
  });
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/** The lines of other tools name an address, a partition, or a row of a layout. */
function contradictions(
  { family, board }: Possible,
  { role, outcome }: Omit<Verdict, "contradictions">,
  file: GenuineFile,
  bytes: Uint8Array,
): string[] {
  const region = (board.regions ?? []).find((one) => one.role === role);
  if (!region) return [];
  const { address, partition } = region;
  const places: Place[] = [{ address }, ...(partition === undefined ? [] : [{ partition }])];
  return places.flatMap((place) => {
    const isTaken = isTakenAt({ family, board }, place, file, bytes);
    if (isTaken === (outcome === "accepted")) return [];
    return [
      `${file.path}: ${JSON.stringify(place)} of the ${board.name} ${
        isTaken ? "takes" : "refuses"
      } it, as ${role} it is ${outcome}`,
    ];
  });
}

function isTakenAt(
  possible: Possible,
  place: Place,
  file: GenuineFile,
  bytes: Uint8Array,
): boolean {
  try {
    imageForPlace([possible], imageOf(file.full, "", bytes), place);
    return true;
  } catch (error) {
    if (!isKind(error, "bad-image", "wrong-board")) throw error;
    return false;
  }
}
