import { exitCodes } from "../../../core/common/errors.ts";
import { caseId, type FaultCase, type NamedFault } from "./case_id.ts";
import { faultNamed } from "./fault_names.ts";
import { type Ending, FaultTrial } from "./fault_trial.ts";
import type { FaultSubject } from "./subject.ts";

/** What a fault must never cause. */
export type ProblemKind =
  /** Exit code 0, although the camera does not contain what it should. */
  | "false-success"
  /** The run without faults that follows fails, or leaves something undone. */
  | "not-repaired"
  /** The fuse was burnt before the flash was correct, or more often than needed. */
  | "fuse"
  /** The exit code or the outcome is not true. */
  | "wrong-end"
  /** Something happened that must never happen to a camera. */
  | "disaster";

/** A problem that a case found. */
export interface Problem {
  readonly kind: ProblemKind;
  /** The case that found it. */
  readonly case: string;
  readonly text: string;
}

/** The result of a case; it is good if there are no problems. */
export interface Verdict {
  readonly problems: readonly Problem[];
  /** The faults that happened, over all runs. */
  readonly fired: number;
  /** True if only the rescue could repair the camera. */
  readonly isRescued: boolean;
  /** How the runs with faults ended, one word each: a kind of error, `success` or `killed`. */
  readonly ends: readonly string[];
}

/** Runs one case: its runs with faults, then one without, each judged by the camera itself. */
export async function judge(subject: FaultSubject, one: FaultCase): Promise<Verdict> {
  const problems: Problem[] = [];
  const id = caseId(one);
  const report = (kind: ProblemKind, text: string) => problems.push({ kind, case: id, text });
  const trial = new FaultTrial(subject);
  let fired = 0;
  const ends: string[] = [];
  const earlier: Ending[] = [];
  for (const faults of one.runs) {
    const mayNeedRescue = subject.rescue !== undefined && ends.some((end) => end !== "success");
    const ending = await trial.run(faults);
    fired += ending.fired;
    for (const name of ending.lostFiles) report("disaster", `${name} is lost`);
    if (ending.startsHalf) report("disaster", "it starts a program that is half written");
    ends.push(ending.result ? ending.result.error?.kind ?? "success" : "killed");
    const needsName = isNameOfAnother(ending, earlier);
    judgeFaulty(subject, { faults, mayNeedRescue, needsName, ...ending }, report);
    if (needsName) trial.renameBackup();
    earlier.push(ending);
  }
  let clean = await trial.run();
  let isRescued = false;
  if (isNameOfAnother(clean, earlier)) {
    trial.renameBackup();
    clean = await trial.run();
  }
  if (subject.rescue !== undefined && clean.result?.error !== undefined) {
    clean = await trial.rescue();
    isRescued = true;
  } else if (one.runs.some(isDamagedAndInterrupted) && isKeptInError(clean)) {
    clean = await trial.overwriteRomfs();
    isRescued = true;
  }
  judgeClean(subject, clean, report);
  for (const name of clean.lostFiles) report("disaster", `${name} is lost`);
  const { fuse } = trial.camera;
  if (fuse && fuse.early > 0) report("fuse", "burnt before the flash was right");
  if (fuse && fuse.burns !== fuse.expected) report("fuse", `burnt ${fuse.burns} times`);
  for (const disaster of trial.camera.forbiddenOperations()) report("disaster", disaster);
  return { problems, fired, isRescued, ends };
}

/**
 * True if the run did nothing because the backup with this name is of another camera: one appeared in
 * this run or an earlier one, or this one's serial number arrived damaged there.
 */
function isNameOfAnother(now: Ending, earlier: readonly Ending[]): boolean {
  const { result, isChanged, met, swapped } = now;
  if (result?.error?.kind !== "usage" || result.error.data.exists !== true) return false;
  return !isChanged && earlier.some((before) =>
    (swapped ?? before.swapped) !== undefined ||
    before.met.some((then) =>
      met.some((now) => now.mode === then.mode && now.serial !== then.serial)
    )
  );
}

/** Faults after which memory is not what was written. */
export const damaging = ["flip", "flip-early", "nothing"];

/** True for a run in which something was written wrongly, and something else happened. */
function isDamagedAndInterrupted(faults: readonly NamedFault[]): boolean {
  return faults.length > 1 && faults.some(({ name }) => damaging.includes(name));
}

/**
 * True if all that is missing is a ROMFS of which the run says that it kept it as the user's own: its
 * head was damaged on the way, and the run ended before it could compare it. Nobody can tell that from
 * a file system that was changed a little. The run names the option that overwrites it, and with that
 * option everything must be right.
 */
function isKeptInError({ result, missing }: Ending): boolean {
  return missing.length > 0 && missing.every((role) => role.startsWith("romfs")) &&
    result?.error === undefined && result!.proofs.some(({ kept }) => kept !== undefined);
}

type Report = (kind: ProblemKind, text: string) => void;

/** A run with faults, and how it ended. */
interface FaultyRun extends Ending {
  readonly faults: readonly NamedFault[];
  /**
   * After an earlier run, perhaps only the rescue can repair the camera: then this run may fail.
   */
  readonly mayNeedRescue: boolean;
  /** It did nothing because an earlier run had saved another camera under this name. */
  readonly needsName: boolean;
}

function judgeFaulty(
  subject: FaultSubject,
  ending: FaultyRun,
  report: Report,
): void {
  const { faults, mayNeedRescue, needsName, result, exitCode, isChanged } = ending;
  const { missing, fired, swapped, lost } = ending;
  if (!result) return;
  const { error, outcome } = result;
  if (swapped?.isUnnoticed) report("false-success", "another camera was taken for the first one");
  if (!error) {
    // The record says that this may be another camera.
    if (swapped?.isAdmitted) return;
    if (missing.length > 0) report("false-success", `missing: ${missing.join(", ")}`);
    if (subject.expected) report("false-success", `should have ended with ${subject.expected}`);
    if (isChanged && outcome !== "proven") report("false-success", "success without proof");
  } else {
    const kinds = faults.flatMap(({ name }) => faultNamed(subject, name).kinds);
    // What a start does not bring in time is a timeout like any other.
    const kind = error.kind === "not-started" ? "timeout" : error.kind;
    const isFitting = error.kind === subject.expected || needsName ||
      (fired === 0 ? mayNeedRescue : kinds.includes(kind));
    if (!isFitting || error.kind === "bug") {
      report("wrong-end", `${error.kind} (${exitCodes[error.kind]}): ${error.message}`);
    }
    if (outcome === "not-started" && missing.length > 0 && !swapped) {
      report("wrong-end", `said that all is written: ${missing.join(", ")}`);
    }
    if (outcome === "proven") report("wrong-end", `proven, and yet ${error.kind}`);
  }
  if (lost !== undefined) report("wrong-end", lost);
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
