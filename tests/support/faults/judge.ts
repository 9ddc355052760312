import { exitCodes } from "../../../core/common/errors.ts";
import { caseId, type FaultCase, type NamedFault } from "./case_id.ts";
import { faultNamed } from "./fault_names.ts";
import { type Ending, FaultTrial } from "./fault_trial.ts";
import type { FaultSubject } from "./subject.ts";

/** What must never come of a fault. */
export type ProblemKind =
  /** Exit code 0, and the camera does not hold what it should. */
  | "false-success"
  /** The clean run that follows fails, or leaves something undone. */
  | "not-repaired"
  /** The fuse was burnt before the flash was right, or more often than needed. */
  | "fuse"
  /** The exit code or the outcome does not tell the truth. */
  | "wrong-end"
  /** Something that must never happen to a camera. */
  | "disaster";

/** Something that a case shows and that must not be. */
export interface Problem {
  readonly kind: ProblemKind;
  /** Of the case that shows it. */
  readonly case: string;
  readonly text: string;
}

/** What came of a case; good if there are no problems. */
export interface Verdict {
  readonly problems: readonly Problem[];
  /** Faults that took place, over all runs. */
  readonly fired: number;
  /** It took the rescue to repair the camera. */
  readonly isRescued: boolean;
  /** How the runs with faults ended, in a word each: a kind of error, or `success`, or `killed`. */
  readonly ends: readonly string[];
}

/** Carries out one case: its runs with faults, then a clean one, each judged by the camera itself. */
export async function judge(subject: FaultSubject, one: FaultCase): Promise<Verdict> {
  const problems: Problem[] = [];
  const id = caseId(one);
  const report = (kind: ProblemKind, text: string) => problems.push({ kind, case: id, text });
  const trial = new FaultTrial(subject);
  let fired = 0;
  const ends: string[] = [];
  for (const faults of one.runs) {
    const mayNeedRescue = subject.rescue !== undefined && ends.some((end) => end !== "success");
    const ending = await trial.run(faults);
    fired += ending.fired;
    ends.push(ending.result ? ending.result.error?.kind ?? "success" : "killed");
    judgeFaulty(subject, { faults, mayNeedRescue, ...ending }, report);
  }
  let clean = await trial.run();
  const isRescued = subject.rescue !== undefined && clean.result?.error !== undefined;
  if (isRescued) clean = await trial.rescue();
  judgeClean(subject, clean, report);
  const { fuse } = trial.camera;
  if (fuse && fuse.early > 0) report("fuse", "burnt before the flash was right");
  if (fuse && fuse.burns !== fuse.expected) report("fuse", `burnt ${fuse.burns} times`);
  for (const disaster of trial.camera.forbiddenOperations()) report("disaster", disaster);
  return { problems, fired, isRescued, ends };
}

type Report = (kind: ProblemKind, text: string) => void;

/** A run with faults, and how it ended. */
interface FaultyRun extends Ending {
  readonly faults: readonly NamedFault[];
  /** An earlier one may have left the camera so that only the rescue helps: then this one may fail. */
  readonly mayNeedRescue: boolean;
}

function judgeFaulty(
  subject: FaultSubject,
  { faults, mayNeedRescue, result, exitCode, isChanged, missing, fired, swapped }: FaultyRun,
  report: Report,
): void {
  if (!result) return;
  const { error, outcome } = result;
  if (swapped?.isUnnoticed) report("false-success", "another camera was taken for the first one");
  if (!error) {
    // What it did to the other camera, it did as the record says.
    if (swapped?.isTold) return;
    if (missing.length > 0) report("false-success", `missing: ${missing.join(", ")}`);
    if (subject.expected) report("false-success", `should have ended with ${subject.expected}`);
    if (isChanged && outcome !== "proven") report("false-success", "success without proof");
  } else {
    const kinds = faults.flatMap(({ name }) => faultNamed(subject, name).kinds);
    const isFitting = error.kind === subject.expected ||
      (fired === 0 ? mayNeedRescue : kinds.includes(error.kind));
    if (!isFitting || error.kind === "bug") {
      report("wrong-end", `${error.kind} (${exitCodes[error.kind]}): ${error.message}`);
    }
    if (outcome === "proven") report("wrong-end", `proven, and yet ${error.kind}`);
  }
  if (exitCode !== (error?.exitCode ?? 0)) report("wrong-end", `exit code ${exitCode}`);
  if (outcome === "unchanged" && isChanged) report("wrong-end", "said unchanged, and it is not");
}

function judgeClean(
  subject: FaultSubject,
  { result, isChanged, missing }: Ending,
  report: Report,
): void {
  const { error } = result!;
  if (error?.kind !== subject.expected) {
    report("not-repaired", error ? `${error.kind}: ${error.message}` : "no error");
  } else if (!error && missing.length > 0) {
    report("not-repaired", `missing: ${missing.join(", ")}`);
  }
  const isReading = subject.job === "read" || subject.job === "verify";
  if (isReading && isChanged) report("wrong-end", "a job that only reads changed the camera");
}
