import { at, struct, u16, u32, u8 } from "../common/struct.ts";
import { plural, text, type Words } from "../common/text.ts";
import { codePage437 } from "./code_page.ts";
import { ENTRY_SIZE, FatVolume } from "./fat_volume.ts";
import type { FileSystem, StoredFile } from "./stored_file.ts";

/** The files of a FAT volume, with their long names. Only reads. */

/** An entry of a folder, 32 bytes. */
const Entry = struct("folder entry", {
  attributes: at(11, u8),
  /** Bit 3: the name is in lower case; bit 4: its ending is. */
  lowerCase: at(12, u8),
  clusterHigh: at(20, u16),
  clusterLow: at(26, u16),
  /** Bytes. */
  size: at(28, u32),
});

const attribute = { volume: 0x08, folder: 0x10, longName: 0x0F };
/** First byte of an entry: none follows; it was deleted; it stands for E5. */
const END = 0x00, DELETED = 0xE5, STANDS_FOR_E5 = 0x05;
/** Offsets of the 13 characters in an entry with a piece of a long name. */
const characters = [1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30];

/** More folders in one another, and more files, than a camera has. Our choices. */
const DEEPEST = 32, MOST_FILES = 65_536;

/** @returns undefined if the bytes begin with no FAT volume */
export function fatFiles(bytes: Uint8Array): FileSystem | undefined {
  const volume = FatVolume.in(bytes);
  if (!volume) return undefined;
  const walk: Walk = { volume, files: [], damage: [] };
  const root = volume.bits === 32
    ? folderBytes(walk, volume.rootCluster, text`the root folder`)
    : volume.root;
  readFolder(walk, root, "", 0);
  const { bits, size } = volume;
  return { kind: `FAT${bits}`, size, files: walk.files, damage: walk.damage };
}

interface Walk {
  readonly volume: FatVolume;
  readonly files: StoredFile[];
  readonly damage: Words[];
}

function readFolder(walk: Walk, entries: Uint8Array, path: string, depth: number): void {
  let pieces = new LongName();
  for (let start = 0; start + ENTRY_SIZE <= entries.length; start += ENTRY_SIZE) {
    const raw = entries.subarray(start, start + ENTRY_SIZE);
    if (raw[0] === END) return;
    const { attributes, clusterHigh, clusterLow, size, lowerCase } = Entry.decode(raw);
    if (raw[0] !== DELETED && (attributes & 0x3F) === attribute.longName) {
      pieces.add(raw);
      continue;
    }
    const long = pieces.nameOf(raw);
    pieces = new LongName();
    const isDots = raw[0] === 0x2E; // a folder's names for itself and for its parent
    if (raw[0] === DELETED || isDots || (attributes & attribute.volume) !== 0) continue;
    if (walk.files.length >= MOST_FILES) return;
    const name = path + (long ?? shortName(raw, lowerCase));
    const first = walk.volume.bits === 32 ? clusterHigh << 16 | clusterLow : clusterLow;
    if ((attributes & attribute.folder) === 0) walk.files.push(fileAt(walk, name, first, size));
    else if (depth === DEEPEST) walk.damage.push(text`${name}: its folders are too deep`);
    else readFolder(walk, folderBytes(walk, first, name), `${name}/`, depth + 1);
  }
}

function folderBytes({ volume, damage }: Walk, first: number, name: Words): Uint8Array {
  // 2 MiB is the most that a folder may have.
  const chain = volume.chain(first, Math.ceil(0x20_0000 / volume.clusterSize));
  if (chain.damage) damage.push(text`${name}: ${chain.damage}`);
  return volume.contentOf(chain.clusters);
}

function fileAt({ volume }: Walk, path: string, first: number, size: number): StoredFile {
  if (size === 0) return { path, size, read: () => new Uint8Array() };
  const needed = Math.ceil(size / volume.clusterSize);
  const { clusters, damage: why } = volume.chain(first, needed);
  const there = Math.min(size, clusters.length * volume.clusterSize);
  const lost = plural(size, text`${there} of ${size} byte`, text`${there} of ${size} bytes`);
  const damage = there === size
    ? undefined
    : text`only ${lost} can be read: ${why ?? text`its chain of clusters is too short`}`;
  return { path, size: there, damage, read: () => volume.contentOf(clusters, size) };
}

/** A long name, whose pieces stand before its entry, the last one first. */
class LongName {
  readonly #pieces = new Map<number, string>();
  #count = 0;
  #sum = -1;

  add(raw: Uint8Array): void {
    const number = raw[0] & 0x3F, sum = raw[13];
    if (raw[0] & 0x40) {
      this.#pieces.clear();
      this.#count = number;
      this.#sum = sum;
    }
    if (sum !== this.#sum) return this.#pieces.clear();
    const codes = characters.map((offset) => u16.read(raw, offset));
    const end = codes.indexOf(0);
    this.#pieces.set(number, String.fromCharCode(...codes.slice(0, end < 0 ? codes.length : end)));
  }

  /** The name, if all its pieces are there and belong to this entry. */
  nameOf(raw: Uint8Array): string | undefined {
    let sum = 0;
    for (const byte of raw.subarray(0, 11)) sum = ((sum & 1) << 7) + (sum >> 1) + byte & 0xFF;
    if (this.#count === 0 || sum !== this.#sum) return undefined;
    const numbers = Array.from({ length: this.#count }, (_, index) => index + 1);
    if (!numbers.every((number) => this.#pieces.has(number))) return undefined;
    return numbers.map((number) => this.#pieces.get(number)).join("") || undefined;
  }
}

/** `MAIN.PY`, or `main.py` if that is how the entry marks it. */
function shortName(raw: Uint8Array, lowerCase: number): string {
  const bytes = raw.slice(0, 11);
  if (bytes[0] === STANDS_FOR_E5) bytes[0] = DELETED;
  const part = (start: number, end: number, isLower: boolean) => {
    const name = codePage437(bytes.subarray(start, end)).trimEnd();
    return isLower ? name.toLowerCase() : name;
  };
  const [name, ending] = [part(0, 8, (lowerCase & 8) !== 0), part(8, 11, (lowerCase & 16) !== 0)];
  return ending === "" ? name : `${name}.${ending}`;
}
