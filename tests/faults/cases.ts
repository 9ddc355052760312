import { caseId, type NamedFault } from "../support/faults/case_id.ts";
import { faultNamed } from "../support/faults/fault_names.ts";
import { damaging } from "../support/faults/judge.ts";
import type { FaultSubject } from "../support/faults/subject.ts";

/** Up to `whole`, all frames or erases and writes are tried; above it, those at both ends and in between. */
const DENSE = { whole: 500, ends: 16, between: 24 };
/** Of a job that saves first: without a backup, the same job is tried at every transfer. */
const SPARSE = { whole: 100, ends: 5, between: 6 };

/**
 * Returns the single faults to try. All transfers and all frames of a line are tried; of thousands
 * of similar ones, which read or write one line or one region after another, only some in the middle
 * are tried unless `areAll`.
 */
export function chosenFaults(
  subject: FaultSubject,
  faults: readonly NamedFault[],
  areAll: boolean,
): readonly NamedFault[] {
  if (areAll) return faults;
  const last = { transfer: 0, frame: 0, work: 0, event: 0 };
  const countedBy = (name: string) => faultNamed(subject, name).counts;
  for (const { at, name } of faults) {
    const counted = countedBy(name);
    last[counted] = Math.max(last[counted], at);
  }
  return faults.filter(({ at, name }) => {
    const counted = countedBy(name);
    const { whole, ends, between } = subject.isSaving ? SPARSE : DENSE;
    const areMany = last[counted] > whole && (counted === "frame" || subject.isSaving === true);
    if (!areMany) return true;
    const step = Math.ceil((last[counted] - 2 * ends) / between);
    return at <= ends || at > last[counted] - ends || at % step === 0;
  });
}

/** What the device never received is damage, too. */
const damagingWrites = [...damaging, "lost"];

/**
 * Returns cases in which something is damaged while it is written, and the process is killed right after
 * the last write, before the proof; without its jumper the camera then starts what is there.
 */
export function damagedThenStarted(
  subject: FaultSubject,
  faults: readonly NamedFault[],
  lastWriteAt: number,
): string[] {
  if (!subject.hasJumper) return [];
  const kill: NamedFault = { at: lastWriteAt + 1, name: "kill-jumper-off" };
  return faults.filter(({ name }) => damagingWrites.includes(name))
    .filter(({ at, name }) => at <= lastWriteAt || faultNamed(subject, name).counts === "work")
    .map((fault) => caseId({ subject: subject.id, runs: [[fault, kill]] }));
}

/**
 * Returns a case with two faults: in one run, or the second in the run that should repair the
 * first.
 */
export function sampledPair(
  subject: FaultSubject,
  faults: readonly NamedFault[],
  random: () => number,
): string {
  const pick = () => faults[Math.floor(random() * faults.length)];
  const one = pick(), other = pick();
  const isInOneRun = random() < 0.5;
  const runs = isInOneRun ? [[one, other].sort((a, b) => a.at - b.at)] : [[one], [other]];
  return caseId({ subject: subject.id, runs });
}
