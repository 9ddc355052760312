import { text, type Words } from "../common/text.ts";
import type { Region } from "../image/backup.ts";
import { backupFacts, type BackupSource, type BackupStore, saveStep } from "./backup_steps.ts";
import { partialBackup } from "./consents.ts";
import type { RegionBackup } from "./planned_backup.ts";
import type { Step } from "./step.ts";
import type { StepContext } from "./step_context.ts";

/** `--backup` of restore and flash: saves each region before anything can change it. */

/** A region that this job replaces before it can be read. */
export interface NeverSaved extends Region {
  readonly reason: Words;
}

/** What can be saved, and when. */
export interface SaveStages {
  /** What is read before the first write. */
  readonly first?: readonly BackupSource[];
  /** What only the new bootloader shows; it is read before the new firmware runs. */
  readonly later?: readonly BackupSource[];
  readonly never?: readonly NeverSaved[];
}

/** The steps of both stages; empty without `--backup`. */
export interface SavingSteps {
  readonly first: readonly Step[];
  readonly later: readonly Step[];
}

/**
 * Returns the steps that save a camera before it is changed. A region that cannot be read needs the
 * consent `partial-backup`. The last stage ends with the backup whole on the disk.
 */
export function savingSteps(
  store: BackupStore | undefined,
  { first = [], later = [], never = [] }: SaveStages,
): SavingSteps {
  if (!store) return { first: [], later: [] };
  const isWanted = (region: Region) => store.isWanted(region);
  const now = first.filter(isWanted), then = later.filter(isWanted);
  const lost = never.filter(isWanted);
  const finish = finishStep(store, [...now, ...then], lost);
  if (then.length === 0) return { first: stage(store, "backup", now, finish), later: [] };
  return {
    first: now.length === 0 ? [] : stage(store, "backup", now),
    later: stage(store, "rest-of-backup", then, finish),
  };
}

function stage(
  store: BackupStore,
  id: string,
  sources: readonly BackupSource[],
  ...finish: Step[]
): Step[] {
  return [
    ...sources.map((source) => saveStep(store, source)),
    checkStep(id, sources),
    ...finish,
  ];
}

/** Asks for the consent if one of these could not be read. */
function checkStep(id: string, sources: readonly BackupSource[]): Step {
  return {
    id: `check-${id}`,
    title: text`Check that every region was read`,
    weight: 1,
    effect: "none",
    consent: partialBackup,
    isDone(context) {
      const missed = context.learned(backupFacts).failures.filter(({ region }) =>
        sources.some(({ name }) => name === region.name)
      );
      if (missed.length > 0) return Promise.resolve(undefined);
      const claim = text`Two readings of every region were equal.`;
      return Promise.resolve({ claim, evidence: "device-check" });
    },
    run: () => Promise.resolve(),
  };
}

function finishStep(
  store: BackupStore,
  sources: readonly BackupSource[],
  never: readonly NeverSaved[],
): Step {
  const size = sources.reduce((sum, one) => sum + one.size, 0);
  return {
    id: "finish-backup",
    title: text`Write the backup to ${store.name}`,
    weight: size / PACKED_PER_MS,
    effect: "none",
    run(context) {
      store.identify(context.unitIds);
      for (const { reason, ...region } of never) store.miss(region, reason);
      context.note(store.finish());
      return Promise.resolve();
    },
    backup: (context) =>
      Promise.resolve({
        file: store.name,
        regions: [
          ...sources.map((source) => stateOf(context, store, source)),
          ...never.map((one) => ({ ...one, state: "not-saved" as const })),
        ],
      }),
  };
}

/** Bytes packed and written in a millisecond (measured: about 40 MB a second). */
const PACKED_PER_MS = 40_000;

function stateOf(
  context: StepContext,
  store: BackupStore,
  { name, memory, address, size }: Region,
): RegionBackup {
  const region = { name, memory, address, size };
  if (store.isSaved(region)) return { ...region, state: "saved" };
  const failed = context.learned(backupFacts).failures.find((one) => one.region.name === name);
  return failed
    ? { ...region, state: "not-saved", reason: failed.error.text }
    : { ...region, state: "later" };
}
