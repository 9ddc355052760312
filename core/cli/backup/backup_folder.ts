import { existsSync } from "node:fs";
import { join } from "node:path";
import {
  type Backup,
  encodeBackup,
  type MissingRegion,
  type Region,
  type SavedRegion,
} from "../../image/backup.ts";
import { isFile, readFile } from "../../image/files.ts";
import type { BackupStore } from "../../plan/backup_steps.ts";
import type { UnitId } from "../../device/unit_id.ts";
import type { RunEvent } from "../../plan/events.ts";
import type { Words } from "../../common/text.ts";
import { makeFolder, replaceBytes } from "../pages/output_file.ts";

/**
 * Keeps what a backup reads in the folder FILE.zip.part until all is there: only a whole backup ever
 * has the name FILE.zip. A later run takes what is in the folder as the first of two readings, so it
 * does not matter from which camera, or from what time, it is.
 */
export class BackupFolder implements BackupStore {
  readonly saved: SavedRegion[] = [];
  readonly missing: MissingRegion[] = [];
  #facts: Pick<Backup, "board" | "simulated"> | undefined;
  #camera: readonly UnitId[] = [];

  /** @param file FILE.zip; left out: nothing is kept on the disk */
  constructor(
    private readonly file: string | undefined,
    readonly isWanted: (region: Region) => boolean = () => true,
  ) {}

  /** True if an interrupted run has left something to continue from. */
  get isContinued(): boolean {
    return this.#folder !== undefined && existsSync(this.#folder);
  }

  earlier({ name, size }: Region): Uint8Array | undefined {
    const path = this.#path(name);
    if (path === undefined || !isFile(path)) return undefined;
    const bytes = readFile(path, Infinity);
    return bytes.length === size ? bytes : undefined;
  }

  keep({ name }: Region, bytes: Uint8Array): void {
    const path = this.#path(name);
    if (path === undefined) return;
    makeFolder(this.#folder!);
    replaceBytes(path, bytes);
  }

  save({ name, memory, address, size }: Region, bytes: Uint8Array): void {
    this.saved.push({ name, memory, address, size, bytes });
  }

  miss({ name, memory, address, size }: Region, reason: Words): void {
    this.missing.push({ name, memory, address, size, reason });
  }

  identify(ids: readonly UnitId[]): void {
    this.#camera = ids;
  }

  /** Notes which board it is. */
  event(event: RunEvent): void {
    if (event.type === "run-started") {
      const { board, simulated } = event;
      this.#facts = { board, simulated };
    }
  }

  /**
   * Writes the whole backup, and removes the folder.
   * @returns its size in bytes
   * @throws UnbrickError `not-found`, `permission`
   */
  finish(made: Pick<Backup, "version" | "madeAt">): number {
    const { saved: regions, missing } = this;
    const facts = { ...this.#facts!, ...made };
    const zip = encodeBackup({ ...facts, camera: this.#camera, regions, missing });
    replaceBytes(this.file!, zip);
    this.remove();
    return zip.length;
  }

  /** Removes the folder, if there is one. */
  remove(): void {
    try {
      Deno.removeSync(this.#folder!, { recursive: true });
    } catch {
      // nothing was kept, or it is in use: the backup is whole all the same
    }
  }

  get #folder(): string | undefined {
    return this.file === undefined ? undefined : `${this.file}.part`;
  }

  #path(name: string): string | undefined {
    return this.#folder === undefined ? undefined : join(this.#folder, `${name}.bin`);
  }
}
