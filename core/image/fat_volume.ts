import { at, struct, u16, u32, u8 } from "../common/struct.ts";
import { text, type Words } from "../common/text.ts";
import { isFatVolume } from "./fat.ts";

/**
 * A FAT12, FAT16 or FAT32 volume in memory: its layout and its chains of clusters. Nothing in it is
 * believed: a chain ends where it leaves the volume, meets itself or meets another one. (Microsoft,
 * "FAT: General Overview of On-Disk Format", 1.03; the cameras' own are in openmv-runtime.md 3.1.)
 */

/** What a volume begins with. */
const BootSector = struct("boot sector", {
  /** Bytes. */
  sectorSize: at(11, u16),
  sectorsPerCluster: at(13, u8),
  reservedSectors: at(14, u16),
  tables: at(16, u8),
  rootEntries: at(17, u16),
  /** 0: the next but one tells it. */
  sectors: at(19, u16),
  tableSectors: at(22, u16),
  moreSectors: at(32, u32),
  /** FAT32 only. */
  moreTableSectors: at(36, u32),
  rootCluster: at(44, u32),
});

/** Bytes of an entry of a folder. */
export const ENTRY_SIZE = 32;

/** Below these numbers of clusters a volume is FAT12, FAT16. */
const mostOf12 = 4085, mostOf16 = 65_525;

/** A chain of clusters, as far as it can be followed. */
export interface Chain {
  readonly clusters: readonly number[];
  /** Why it ends too early. */
  readonly damage?: Words;
}

export class FatVolume {
  /** Bytes. */
  readonly clusterSize: number;
  /** 12, 16 or 32. */
  readonly bits: number;
  readonly rootCluster: number;
  /** Bytes that it states to have. */
  readonly size: number;
  readonly #table: number;
  readonly #root: number;
  readonly #rootSize: number;
  readonly #data: number;
  /** The last cluster's number is one less than this. */
  readonly #end: number;
  /** Clusters that a chain has taken already. */
  readonly #taken = new Set<number>();

  private constructor(readonly bytes: Uint8Array, boot: ReturnType<typeof BootSector.decode>) {
    const { sectorSize, sectorsPerCluster, reservedSectors, tables, rootEntries } = boot;
    const tableSectors = boot.tableSectors || boot.moreTableSectors;
    this.clusterSize = sectorSize * sectorsPerCluster;
    this.#table = reservedSectors * sectorSize;
    this.#root = this.#table + tables * tableSectors * sectorSize;
    this.#rootSize = rootEntries * ENTRY_SIZE;
    this.#data = this.#root + Math.ceil(this.#rootSize / sectorSize) * sectorSize;
    this.size = (boot.sectors || boot.moreSectors) * sectorSize;
    const clusters = Math.max(0, Math.floor((this.size - this.#data) / this.clusterSize));
    this.#end = clusters + 2;
    this.bits = clusters < mostOf12 ? 12 : clusters < mostOf16 ? 16 : 32;
    this.rootCluster = this.bits === 32 ? boot.rootCluster : 0;
  }

  /** The volume that the bytes begin with; undefined if there is none. */
  static in(bytes: Uint8Array): FatVolume | undefined {
    const boot = BootSector.tryDecode(bytes);
    if (!boot || !isFatVolume(bytes)) return undefined;
    const { sectorSize, sectorsPerCluster, reservedSectors, tables } = boot;
    const isPower = (value: number) => value > 0 && (value & value - 1) === 0;
    if (!isPower(sectorSize) || sectorSize < 512 || sectorSize > 4096) return undefined;
    if (!isPower(sectorsPerCluster) || reservedSectors === 0) return undefined;
    if (tables === 0 || tables > 2) return undefined;
    const volume = new FatVolume(bytes, boot);
    return volume.#end > 2 && volume.#data < bytes.length ? volume : undefined;
  }

  /** The entries of the root folder of a FAT12 or FAT16. */
  get root(): Uint8Array {
    return this.bytes.subarray(this.#root, this.#root + this.#rootSize);
  }

  /**
   * Follows a chain and takes its clusters: no other chain gets them again.
   *
   * @param most Clusters that are wanted at the most.
   */
  chain(first: number, most: number): Chain {
    const clusters: number[] = [];
    for (let cluster = first; clusters.length < most; cluster = this.#next(cluster)) {
      if (cluster >= this.#lastMark && clusters.length > 0) return { clusters };
      if (cluster < 2 || cluster >= this.#end) {
        return { clusters, damage: text`its chain of clusters is broken` };
      }
      if (this.#taken.has(cluster)) {
        return { clusters, damage: text`its clusters belong to another file, too` };
      }
      if (this.#offset(cluster) + this.clusterSize > this.bytes.length) {
        return { clusters, damage: text`a part of it is behind the end of what was read` };
      }
      this.#taken.add(cluster);
      clusters.push(cluster);
    }
    return { clusters };
  }

  /** The content of clusters, one after the other. */
  contentOf(clusters: readonly number[], size = clusters.length * this.clusterSize): Uint8Array {
    const content = new Uint8Array(Math.min(size, clusters.length * this.clusterSize));
    for (const [index, cluster] of clusters.entries()) {
      const from = this.#offset(cluster), at = index * this.clusterSize;
      const length = Math.min(this.clusterSize, content.length - at);
      content.set(this.bytes.subarray(from, from + length), at);
    }
    return content;
  }

  #offset(cluster: number): number {
    return this.#data + (cluster - 2) * this.clusterSize;
  }

  /** Numbers from here on end a chain. */
  get #lastMark(): number {
    return this.bits === 12 ? 0xFF8 : this.bits === 16 ? 0xFFF8 : 0x0FFF_FFF8;
  }

  #next(cluster: number): number {
    const at = this.#table + Math.floor(cluster * this.bits / 8);
    if (at + 4 > this.bytes.length) return 0;
    if (this.bits === 32) return u32.read(this.bytes, at) & 0x0FFF_FFFF;
    const pair = u16.read(this.bytes, at);
    if (this.bits === 16) return pair;
    return cluster % 2 === 1 ? pair >> 4 : pair & 0xFFF;
  }
}
