import type { Board, Job } from "../family/board.ts";
import type { JobOptions } from "../family/family.ts";
import { isKind, UnbrickError } from "../common/errors.ts";
import { missingRoles } from "./completeness.ts";
import type { BoardImages, ImageRole } from "./image.ts";
import type { ImageSet } from "./image_set.ts";
import { boardImages } from "./board_images.ts";
import type { ManifestSet } from "./manifest_set.ts";
import { type PublicKey, trustIn, untrusted } from "./signature.ts";
import { text, type Words } from "../common/text.ts";

/** A set that may be used if the user names none. */
export interface Candidate {
  /** Name for people and for `images verify`: `5.0.0`, `bundled`. */
  readonly name: string;
  readonly isBundled: boolean;
  readonly pack: ManifestSet;
}

export interface SetRequest {
  readonly board: Board;
  readonly job: Job;
  readonly bootloaderOnly?: boolean;
  readonly only?: JobOptions["only"];
  /** Roles that a set need not contain, because the user named files for them. */
  readonly named?: ReadonlySet<string>;
  /** True for a real camera, which gets no images made for simulated ones. */
  readonly isReal: boolean;
  /** Only sets signed with this key count. */
  readonly pinned?: PublicKey;
}

/** The set that is used for a board, and why. */
export interface Choice {
  readonly set: Candidate;
  /** Other sets that provide the set's missing companions (flash loaders, system packages). */
  readonly lenders: readonly Candidate[];
  /** A phrase for people. */
  readonly reason: Words;
  /** Roles that the job still needs. */
  readonly missing: readonly ImageRole[];
}

/**
 * Returns the set to use if the user names none: the newest imported one with everything for the
 * job; otherwise the bundled one if it has everything; otherwise the newest with anything for the
 * board. For a real camera, simulation-only sets come last. Files that are not part of OpenMV's
 * releases (Companion) may come from another imported set.
 *
 * @param imported Newest first; then the real images inside the program, if there are any.
 * @param bundled The images for simulated cameras.
 * @returns undefined if no set has anything for the board.
 * @throws UnbrickError `bad-image` if a key is pinned and only sets without its signature have
 * something.
 */
export function chooseSet(
  imported: readonly Candidate[],
  bundled: Candidate | undefined,
  request: SetRequest,
): Choice | undefined {
  const { board, pinned, isReal } = request;
  const all = [...imported, ...(bundled ? [bundled] : [])]
    .filter(({ pack }) => pack.listed(board).size > 0);
  const trusted = all.filter(({ pack }) => trustIn(pack, pinned) !== "refused");
  if (pinned && trusted.length === 0 && all.length > 0) {
    const [{ name, pack }] = all;
    throw untrusted(text`The set ${name}`, pack.signature !== undefined, pinned);
  }
  // An incomplete set of real images shows what to import; one for simulation does not.
  const fitting = trusted.filter((set) => !(isReal && isForSimulation(set, board)));
  const sets = fitting.length > 0 ? fitting : trusted;
  const lenders = lendersAmong(imported, request);
  const choices = sets.map((set) => choiceOf(set, set === bundled ? [] : lenders, request));
  const chosen = choices.find(({ missing }) => missing.length === 0);
  if (!chosen) return choices[0];
  return { ...chosen, reason: reasonFor(chosen, all, trusted, sets) };
}

/**
 * @param all sets that have something for the board, the newest first
 * @param fitting those of them that may be used
 */
function reasonFor(
  { set }: Choice,
  all: readonly Candidate[],
  trusted: readonly Candidate[],
  fitting: readonly Candidate[],
): Words {
  const passed = all.slice(0, all.indexOf(set));
  if (passed.length === 0) {
    return set.isBundled ? text`no set for it has been imported` : text`newest imported set`;
  }
  const [newest, none] = phrases[
    passed.every((one) => !trusted.includes(one))
      ? "unsigned"
      : passed.every((one) => trusted.includes(one) && !fitting.includes(one))
      ? "simulated"
      : passed.every((one) => fitting.includes(one))
      ? "incomplete"
      : "several"
  ];
  return set.isBundled ? none : newest;
}

/** Why newer sets were not used: for an imported set that is used, and for the bundled one. */
const phrases = {
  unsigned: [
    text`newest imported set signed with the pinned key`,
    text`no imported set is signed with the pinned key`,
  ],
  simulated: [
    text`newest imported set for real cameras`,
    text`no imported set is for real cameras`,
  ],
  incomplete: [text`newest complete imported set`, text`no imported set is complete`],
  several: [
    text`newest complete imported set that is allowed here`,
    text`no complete imported set is allowed here`,
  ],
} as const;

/** Reads and checks the images of a choice. @throws UnbrickError `bad-image` */
export function imagesOf({ set, lenders, reason }: Choice, board: Board): BoardImages {
  const { origin, all } = set.pack.imagesFor(board);
  return withCompanions(boardImages(origin, all, reason), lenders.map(({ pack }) => pack), board);
}

/**
 * Adds missing companions (flash loaders, system packages) from other sets.
 *
 * @param lenders The preferred one first.
 * @throws UnbrickError `bad-image`
 */
export function withCompanions(
  base: BoardImages,
  lenders: readonly ImageSet[],
  board: Board,
): BoardImages {
  let filled = base;
  for (const lender of lenders) {
    const wanted = lendable(board, new Set(filled.all.map(({ role }) => role)));
    const lent = wanted.size === 0 ? undefined : imagesIn(lender, board, wanted);
    if (!lent || lent.all.length === 0) continue;
    const origin = text`${filled.origin} and ${lender.origin}`;
    filled = boardImages(origin, [...filled.all, ...lent.all], base.reason);
  }
  return filled;
}

/**
 * Returns a set's images for a board; undefined if it has none. @throws UnbrickError `bad-image`
 */
export function imagesIn(
  set: ImageSet,
  board: Board,
  only?: ReadonlySet<string>,
): BoardImages | undefined {
  try {
    return set.imagesFor(board, only);
  } catch (error) {
    if (isKind(error, "not-found", "wrong-board")) return undefined;
    throw error;
  }
}

/** Returns the missing roles whose files may come from another set. */
function lendable({ roles }: Board, there: ReadonlySet<string>): Set<string> {
  return new Set(
    roles.filter(({ role, comesWith }) => comesWith !== undefined && !there.has(role))
      .map(({ role }) => role),
  );
}

/**
 * Returns the sets that may provide files for others: imported ones, signed if required, and not
 * simulation-only ones for real cameras.
 */
export function lendersAmong(
  imported: readonly Candidate[],
  { board, pinned, isReal }: Pick<SetRequest, "board" | "pinned" | "isReal">,
): Candidate[] {
  return imported.filter((set) =>
    set.pack.listed(board).size > 0 && trustIn(set.pack, pinned) !== "refused" &&
    !(isReal && isForSimulation(set, board))
  );
}

/** Returns true if some of the set's files for the board are for simulated cameras only. */
export function isForSimulation({ pack }: Candidate, board: Board): boolean {
  return [...pack.listed(board).values()].some(({ simulationOnly }) => simulationOnly);
}

function choiceOf(set: Candidate, others: readonly Candidate[], request: SetRequest): Choice {
  const { board, job, named = [] } = request;
  const roles = new Set([...set.pack.listed(board).keys(), ...named]);
  // No board needs companions if its own bootloader works.
  const lenders = job === "flash" ? [] : others.filter((other) => {
    if (other === set) return false;
    const offered = other.pack.listed(board);
    const lent = [...lendable(board, roles)].filter((role) => offered.has(role));
    for (const role of lent) roles.add(role);
    return lent.length > 0;
  });
  return {
    set,
    lenders,
    reason: text`newest set; none is complete`,
    missing: missingRoles(board, job, roles, request),
  };
}

/** Returns the set of that name. @throws UnbrickError `not-found` */
export function setNamed(name: string, sets: readonly Candidate[]): Candidate {
  const found = sets.find((set) => set.name === name);
  if (found) return found;
  throw new UnbrickError(
    "not-found",
    text`There is no image set called ${name}. Available:
      ${sets.map((set) => set.name).join(", ") || text`none`}.`,
    { set: name },
  );
}
