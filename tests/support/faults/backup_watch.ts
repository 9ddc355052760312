import { BackupFolder } from "../../../core/cli/backup/backup_folder.ts";
import type { FlashMemory } from "../../../core/common/flash_memory.ts";
import { isEqual } from "../../../core/common/bytes.ts";
import { decodeBackup, type Region } from "../../../core/image/backup.ts";
import type { RunEvent } from "../../../core/plan/events.ts";
import { MemoryDisk } from "./memory_disk.ts";

/** A region with the user's files, and the memory of the camera that it is in. */
export interface UserRegion extends Region {
  readonly flash: FlashMemory;
}

/** The backup of consecutive runs on one camera, and whether the user's files are still somewhere. */
export class BackupWatch {
  /** The disk of each name that was chosen for the backup, the newest first. */
  readonly #disks = [new MemoryDisk()];
  readonly #original: readonly Uint8Array[];
  #folder: BackupFolder | undefined;
  /** Regions of which somebody was told that they are not saved, and agreed. */
  readonly #given = new Set<string>();

  constructor(private readonly regions: readonly UserRegion[]) {
    this.#original = regions.map(({ flash, address, size }) => flash.read(address, size));
  }

  /** Returns what a new process has of the backup. */
  open(): BackupFolder {
    return this.#folder = this.#folderOn(this.#disks[0]);
  }

  /** Chooses another name, as a person does who is told that another camera was saved under this one. */
  rename(): void {
    this.#disks.unshift(new MemoryDisk());
  }

  #folderOn(disk: MemoryDisk): BackupFolder {
    return new BackupFolder("b.zip", {
      version: "1.0.0",
      now: () => new Date(0),
      isWanted: ({ name }) => this.regions.some((one) => one.name === name),
      disk,
    }).open({ simulate: true });
  }

  see(event: RunEvent): void {
    this.#folder?.event(event);
    if (event.type !== "consent" || event.id !== "partial-backup" || !event.granted) return;
    const saved = new Set(this.#folder?.saved.map(({ name }) => name));
    for (const { name } of this.regions) if (!saved.has(name)) this.#given.add(name);
  }

  /** Regions that are neither on the camera nor on the disk, though nobody agreed to that. */
  lost(): readonly string[] {
    const kept = this.#disks.flatMap((disk) =>
      disk.zip() || disk.part("run.json") ? this.#folderOn(disk).saved : []
    );
    return this.regions.filter((region, at) =>
      !this.#given.has(region.name) &&
      !region.flash.holds(region.address, this.#original[at]) &&
      !kept.some(({ name, bytes }) => name === region.name && isEqual(bytes, this.#original[at]))
    ).map(({ name }) => name);
  }

  /** Regions that no finished backup holds as they were, though nobody agreed to that. */
  missing(): readonly string[] {
    const regions = this.#disks.flatMap((disk) => {
      const zip = disk.zip();
      return zip ? decodeBackup(zip, "b.zip").regions : [];
    });
    return this.regions.filter(({ name, address }, at) =>
      !this.#given.has(name) &&
      !regions.some((one) =>
        one.name === name && one.address === address && isEqual(one.bytes, this.#original[at])
      )
    ).map(({ name }) => `the backup of ${name}`);
  }
}
