import type { GenuineFile } from "./genuine_file.ts";
import { type TrueRefusal, trueRefusal } from "./true_refusals.ts";
import { type Verdict, verdictsOn } from "./trial.ts";

/** What the collection shows about one file. */
export interface Judgement {
  readonly file: GenuineFile;
  /**
   * In its own place: `accepted`; `refused` for a listed reason; `no-place` for a file that belongs to
   * no place of any board; `wrong` for everything else.
   */
  readonly own: "accepted" | "refused" | "no-place" | "wrong";
  readonly refusal?: TrueRefusal;
  /** Places of boards in which it must not be accepted, and was refused. */
  readonly refusedElsewhere: number;
  /** Places that take it only with a named consent. */
  readonly consents: number;
  /** Places of other boards that take it because the file names no board. */
  readonly anyBoard: number;
  /** What is wrong, one sentence each. */
  readonly faults: readonly string[];
}

/** The role of a read-only file system, which names no board: it fits wherever there is room. */
const namesNoBoard = (role: string) => /^romfs\d$/.test(role);

/** Alif's packages are signed with one of two roots; the file says with which, and so does the chip. */
const withoutFlavour = (role: string) => role.replace(/-dev$/, "");

/** Tries a file everywhere. */
export function judge(file: GenuineFile): Judgement {
  const verdicts = verdictsOn(file);
  const isOwn = ({ board, role }: Verdict) =>
    board === file.board &&
    file.roles.some((one) => withoutFlavour(one.role) === withoutFlavour(role));
  const isRomfs = file.roles.some(({ role }) => namesNoBoard(role));
  const isAnyBoard = (one: Verdict) => !isOwn(one) && isRomfs && namesNoBoard(one.role);
  const others = verdicts.filter((one) => !isOwn(one) && !isAnyBoard(one));
  const accepted = (list: readonly Verdict[]) => list.filter((one) => one.outcome === "accepted");
  const own = ownOf(file, verdicts.filter(isOwn));
  return {
    file,
    ...own,
    refusedElsewhere: others.filter(({ outcome }) => outcome === "refused").length,
    consents: others.filter(({ outcome }) => outcome === "consent").length,
    anyBoard: accepted(verdicts.filter(isAnyBoard)).length,
    faults: [
      ...own.faults,
      ...accepted(others).map(({ board, role }) =>
        `${file.path} is accepted as ${role} of the ${board.name}`
      ),
      ...verdicts.flatMap(({ contradictions }) => contradictions),
    ],
  };
}

function ownOf(
  file: GenuineFile,
  verdicts: readonly Verdict[],
): Pick<Judgement, "own" | "refusal" | "faults"> {
  if (verdicts.length === 0) return { own: "no-place", faults: [] };
  if (verdicts.some(({ outcome }) => outcome === "accepted")) {
    return { own: "accepted", faults: [] };
  }
  const refusals = verdicts.flatMap(({ error }) => error ? trueRefusal(file, error) ?? [] : []);
  if (refusals.length === verdicts.length) {
    return { own: "refused", refusal: refusals[0], faults: [] };
  }
  const why = verdicts.map(({ error }) => error?.message ?? "it needs a consent").join("; ");
  return { own: "wrong", faults: [`${file.path} is not accepted by its own board: ${why}`] };
}
