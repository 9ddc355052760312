import { type BackupSource, backupSteps } from "../../../core/plan/backup_steps.ts";
import type { StepContext } from "../../../core/plan/step_context.ts";
import type { UnitId } from "../../../core/device/unit_id.ts";
import type { Board } from "../../../core/family/board.ts";
import { MemoryStore } from "./backup_store.ts";

/** A backup of a toy camera: its regions, and what its steps tell. */
export class BackupRig {
  readonly store = new MemoryStore();
  readonly notes: string[] = [];
  readonly outputs: [string, Uint8Array][] = [];
  readonly progress: [number, number][] = [];
  readonly #learned = new Map<unknown, unknown>();
  readonly unitIds: readonly UnitId[];

  constructor(shown: readonly string[] = ["A"], readonly board: Partial<Board> = {}) {
    this.unitIds = shown.map((id) => ({ id, mode: "bootloader" }));
  }

  /** A region of four bytes that gives these readings, one after the other. */
  source(
    name: string,
    readings: (Uint8Array | Error)[],
    more: Partial<BackupSource> = {},
  ): BackupSource {
    let reading = 0;
    return {
      name,
      memory: "flash",
      address: 0,
      size: 4,
      weight: 100,
      read: (_context, onProgress) => {
        const next = readings[reading++];
        if (next instanceof Error) return Promise.reject(next);
        if (!next) return Promise.reject(new Error("read too often"));
        onProgress(2);
        onProgress(4);
        return Promise.resolve(next);
      },
      ...more,
    };
  }

  get context(): StepContext {
    return {
      board: { id: "toy", ...this.board },
      note: (text: unknown) => this.notes.push(String(text)),
      output: (name: string, bytes: Uint8Array) => this.outputs.push([name, bytes]),
      progress: (done: number, total: number) => this.progress.push([done, total]),
      unitIds: this.unitIds,
      learned: (make: () => unknown) => {
        if (!this.#learned.has(make)) this.#learned.set(make, make());
        return this.#learned.get(make);
      },
    } as unknown as StepContext;
  }

  async run(...sources: BackupSource[]): Promise<void> {
    for (const step of backupSteps(this.store, sources)) await step.run(this.context);
  }

  get saved() {
    return this.store.saved.map(({ name, bytes }) => [name, bytes]);
  }
}
