import { basename } from "node:path";
import { UnbrickError } from "../../common/errors.ts";
import { byteSize } from "../../common/format.ts";
import { sha256 } from "../../common/sha256.ts";
import { listAnd, plural, sentences, text, type Words } from "../../common/text.ts";
import type { UnitId } from "../../device/unit_id.ts";
import {
  type Backup,
  decodeBackup,
  encodeBackup,
  type MissingRegion,
  type Region,
  type SavedRegion,
} from "../../image/backup.ts";
import type { BackupStore, InterruptedRun } from "../../plan/backup_steps.ts";
import type { RunResult } from "../../plan/engine.ts";
import type { RunEvent } from "../../plan/events.ts";
import { type BackupDisk, noDisk, realDisk } from "./disk.ts";
import { idsOf, readNote, writeNote } from "./interrupted.ts";

export interface BackupFolderOptions {
  /** Version of this program. */
  readonly version: string;
  now(): Date;
  isWanted?(region: Region): boolean;
  /** Default: that of the file. */
  readonly disk?: BackupDisk;
}

/**
 * Keeps what a backup reads in the folder FILE.zip.part until all is there: only a whole backup ever
 * has the name FILE.zip. What an interrupted run had read counts as the first of two readings, so it
 * does not matter from which camera, or from what time, it is. Only if that run had begun to write to
 * the camera is what it had saved final: the camera may not contain it any more.
 */
export class BackupFolder implements BackupStore {
  readonly name: string;
  readonly saved: SavedRegion[] = [];
  readonly missing: MissingRegion[] = [];
  interrupted: InterruptedRun | undefined;
  /** Bytes of the finished zip. */
  bytes: number | undefined;
  readonly #disk: BackupDisk;
  readonly #kept = new Set<string>();
  #facts: Pick<Backup, "board" | "simulated"> | undefined;
  #camera: readonly UnitId[] = [];
  #isWriting = false;

  /** @param file FILE.zip; left out: nothing is kept on the disk */
  constructor(file: string | undefined, private readonly options: BackupFolderOptions) {
    this.name = file === undefined ? "" : basename(file);
    this.#disk = options.disk ?? (file === undefined ? noDisk() : realDisk(file));
  }

  /**
   * Takes over what an interrupted run saved.
   * @throws UnbrickError `usage` if FILE.zip is of no such run, or of a simulated camera and this one is
   * not; `bad-image`; as the disk
   */
  open({ simulate }: { readonly simulate: boolean }): this {
    const note = readNote(this.#disk, this.name);
    if (!note) this.#disk.requireNew();
    else if (note.isWriting) {
      if (note.simulated !== simulate) throw otherRun(this.name);
      const { at, board } = note;
      this.interrupted = { at, board, camera: idsOf(note) };
      this.#isWriting = true;
      this.#camera = this.interrupted.camera;
      const zip = this.#disk.zip();
      if (zip) this.saved.push(...decodeBackup(zip, this.name).regions);
      for (const { sha256: digest, ...region } of note.saved) {
        const bytes = this.earlier(region);
        if (this.isSaved(region) || !bytes || sha256(bytes) !== digest) continue;
        this.saved.push({ ...region, bytes });
        this.#kept.add(region.name);
      }
    }
    return this;
  }

  isWanted(region: Region): boolean {
    return this.options.isWanted?.(region) ?? true;
  }

  isSaved({ name, memory, address, size }: Region): boolean {
    return this.saved.some((one) =>
      one.name === name && one.memory === memory && one.address === address && one.size === size
    );
  }

  /** True if an interrupted run has left something to continue from. */
  get isContinued(): boolean {
    return this.#disk.hasFolder();
  }

  earlier({ name, size }: Region): Uint8Array | undefined {
    const bytes = this.#disk.part(`${name}.bin`);
    return bytes?.length === size ? bytes : undefined;
  }

  keep({ name }: Region, bytes: Uint8Array): void {
    this.#disk.putPart(`${name}.bin`, bytes);
    this.#kept.add(name);
  }

  save({ name, memory, address, size }: Region, bytes: Uint8Array): void {
    this.saved.push({ name, memory, address, size, bytes });
    this.#kept.add(name);
    if (this.#isWriting) this.#note();
  }

  miss({ name, memory, address, size }: Region, reason: Words): void {
    this.missing.push({ name, memory, address, size, reason });
  }

  identify(ids: readonly UnitId[]): void {
    this.#camera = ids;
  }

  /** Notes which board it is and, before the first write, that the camera changes from now on. */
  event(event: RunEvent): void {
    if (event.type === "run-started") {
      const { board, simulated } = event;
      this.#facts = { board, simulated };
    } else if (event.type === "changing" && !this.#isWriting) {
      this.#isWriting = true;
      this.#note();
    }
  }

  /** @throws UnbrickError `not-found`, `permission` */
  finish(): Words {
    const { saved: regions } = this;
    const missing = this.missing.filter((one) => !this.isSaved(one));
    if (regions.length === 0) return text`Nothing could be saved, so there is no backup.`;
    const zip = encodeBackup({
      ...this.#facts!,
      version: this.options.version,
      madeAt: this.options.now().toISOString(),
      camera: this.#camera,
      regions,
      missing,
    });
    if (this.#hasMore(this.#disk.zip())) this.#disk.setZipAside();
    this.#disk.putZip(zip);
    this.bytes = zip.length;
    this.#note();
    this.#disk.dropParts([...this.#kept].map((name) => `${name}.bin`));
    const count = plural(
      regions.length,
      text`${regions.length} region`,
      text`${regions.length} regions`,
    );
    const names = listAnd(missing.map(({ name }) => name));
    return sentences(
      text`The backup is in ${this.name}: ${count}, ${byteSize(zip.length)}.`,
      ...(missing.length > 0 ? [text`It does not contain ${names}.`] : []),
    );
  }

  /** Removes the folder after a run that did all that it should. */
  end({ error }: Pick<RunResult, "error">): void {
    if (!error) this.#disk.dropFolder();
  }

  /** True if an older backup contains something that this one does not. */
  #hasMore(zip: Uint8Array | undefined): boolean {
    if (!zip) return false;
    const isHere = ({ name, bytes }: SavedRegion) =>
      this.saved.some((one) => one.name === name && sha256(one.bytes) === sha256(bytes));
    return !decodeBackup(zip, this.name).regions.every(isHere);
  }

  #note(): void {
    const { board, simulated } = this.#facts!;
    writeNote(this.#disk, {
      at: this.options.now().toISOString(),
      board: board.id,
      simulated,
      isWriting: this.#isWriting,
      camera: [...this.#camera],
      saved: this.bytes !== undefined ? [] : this.saved.map(({ bytes, ...region }) => ({
        ...region,
        sha256: sha256(bytes),
      })),
    });
  }
}

function otherRun(path: string): UnbrickError {
  return new UnbrickError(
    "usage",
    text`An interrupted run saved another camera for ${path}. Choose another name.`,
    { path, exists: true },
  );
}
