import type { StepContext } from "../../../core/plan/step_context.ts";
import type { Step } from "../../../core/plan/step.ts";
import type { MissingRegion, Region, SavedRegion } from "../../../core/image/backup.ts";
import type { UnitId } from "../../../core/device/unit_id.ts";
import type { BackupStore, InterruptedRun } from "../../../core/plan/backup_steps.ts";

/** Keeps a backup in memory. */
export class MemoryStore implements BackupStore {
  readonly saved: SavedRegion[] = [];
  readonly missing: MissingRegion[] = [];
  /** First readings by name. */
  readonly kept = new Map<string, Uint8Array>();
  ids: readonly UnitId[] = [];
  readonly name = "backup.zip";
  interrupted?: InterruptedRun;
  isWanted: (region: Region) => boolean = () => true;

  isSaved({ name }: Region): boolean {
    return this.saved.some((one) => one.name === name);
  }

  finish() {
    return "saved";
  }

  earlier({ name }: Region): Uint8Array | undefined {
    return this.kept.get(name);
  }

  keep({ name }: Region, bytes: Uint8Array): void {
    this.kept.set(name, bytes);
  }

  save({ name, memory, address, size }: Region, bytes: Uint8Array): void {
    this.saved.push({ name, memory, address, size, bytes });
  }

  miss(region: Region, reason: MissingRegion["reason"]): void {
    this.missing.push({ ...region, reason });
  }

  identify(ids: readonly UnitId[]): void {
    this.ids = [...ids];
  }
}

/** Runs the last of these steps, after which the backup is whole. */
export async function finished(steps: (options: { backup: MemoryStore }) => readonly Step[]) {
  const store = new MemoryStore();
  const all = steps({ backup: store });
  const context = { unitIds: [], note: () => {} } as unknown as StepContext;
  await all.at(-1)!.run(context);
  return { ids: all.map(({ id }) => id), store };
}
