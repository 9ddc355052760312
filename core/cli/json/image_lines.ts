import type { Place } from "../../common/addresses.ts";
import type { Failure } from "../../common/errors.ts";
import type { Words } from "../../common/text.ts";
import type { Trust } from "../../image/signature.ts";

/** What the commands of `images` print. */
export type ImageLine =
  | SetLine
  | BrokenSetLine
  | ReplacedSetLine
  | SetUseLine
  | ImportedLine
  | VerifiedSetLine
  | ExportedLine
  | RemovedSetLine;

/** A set of images (`images list`). */
export interface SetLine {
  readonly type: "set";
  readonly name: string;
  readonly isBundled: boolean;
  readonly version: string | null;
  /** Ids of the boards that it has images for. */
  readonly boards: readonly string[];
  /** @asType integer */
  readonly files: number;
  readonly trust: Trust;
  readonly pinnedKey: string | null;
  readonly purpose: Words;
}

export interface BrokenSetLine {
  readonly type: "broken-set";
  readonly name: string;
  readonly error: Failure;
}

/** An older set that is still stored and not used. */
export interface ReplacedSetLine {
  readonly type: "replaced-set";
  readonly name: string;
  readonly folder: string;
}

/** Which set a board would get. */
export interface SetUseLine {
  readonly type: "use";
  readonly board: string;
  readonly job: "restore" | "flash";
  readonly set: string | null;
  /** Other sets from which single files come. */
  readonly lenders: readonly string[];
  readonly why: Words;
  /** Roles that no set has; null if there is no set. */
  readonly missing: readonly string[] | null;
  readonly forSimulation: boolean | null;
  /** Where to get what is missing, or is for simulated cameras only. */
  readonly whereToGet: readonly Place[];
}

export interface ImportedLine {
  readonly type: "imported";
  readonly set: string;
  /** False if the set was already there. */
  readonly isNew: boolean;
  readonly folder: string;
  /** @asType integer */
  readonly files: number;
  /** @asType integer */
  readonly bytes: number;
  readonly boards: readonly ImportedBoardLine[];
  /** Ids of the boards that it has nothing for. */
  readonly without: readonly string[];
  readonly notes: readonly Words[];
}

/** What was imported for a board. */
export interface ImportedBoardLine {
  readonly board: string;
  /** Roles that a restore, or a flash, still needs. */
  readonly missing: readonly string[];
  /** Where to get them. */
  readonly whereToGet: readonly Place[];
  /** Where each image was taken from. */
  readonly taken: readonly { readonly role: string; readonly source: string }[];
}

/** The result of `images verify` for a set. */
export interface VerifiedSetLine {
  readonly type: "verified-set";
  readonly name: string;
  readonly intact: boolean;
  readonly claim?: Words;
  readonly error?: Failure;
}

export interface ExportedLine {
  readonly type: "exported";
  readonly set: string;
  readonly file: string;
  /** @asType integer */
  readonly bytes: number;
  readonly signedWith: string | null;
}

export interface RemovedSetLine {
  readonly type: "removed-set";
  readonly name: string;
  /** What was deleted: the set, and older ones of its name. */
  readonly folders: readonly string[];
}
