import { indexOf } from "./search.ts";
import { u16, u32 } from "../common/struct.ts";
import { ENTRY_SIZE } from "./fat_volume.ts";

/** A file of a made-up volume; `lib/face.py` is in a folder. */
export interface SampleFile {
  readonly path: string;
  readonly content: Uint8Array;
}

export interface SampleFatOptions {
  /** Bytes of the whole volume. */
  readonly size: number;
  /** Bytes: 512, on some cameras 4096. */
  readonly sectorSize: number;
  /** Bytes; the choice of MicroPython's mkfs (openmv-runtime.md 3.1). */
  readonly clusterSize: number;
  readonly label: string;
}

/** Entries of the root folder (openmv-runtime.md 3.1). */
const ROOT_ENTRIES = 512;
const END_OF_CHAIN = 0xFFFF;
/** Where an entry has its first cluster. */
const CLUSTER = 26;

/**
 * Makes the first bytes of a FAT volume as the cameras make theirs: no partition table, one FAT, every
 * file with a long name (openmv-runtime.md 3.1). What follows on the volume is free.
 */
export function sampleFat(files: readonly SampleFile[], options: SampleFatOptions): Uint8Array {
  const { size, sectorSize, clusterSize, label } = options;
  const clusters = Math.floor(size / clusterSize);
  const bits = clusters < 4085 ? 12 : 16;
  const tableSectors = Math.ceil((clusters + 2) * bits / 8 / sectorSize);
  const table = sectorSize, root = table + tableSectors * sectorSize;
  const data = root + ROOT_ENTRIES * ENTRY_SIZE;
  const chains: number[][] = [];
  let free = 2;
  const take = (length: number): number[] => {
    const count = Math.ceil(length / clusterSize);
    const chain = Array.from({ length: count }, (_, at) => free + at);
    free += count;
    chains.push(chain);
    return chain;
  };
  const pieces: { readonly at: number; readonly bytes: Uint8Array }[] = [];
  const place = (content: Uint8Array, chain: readonly number[]) => {
    if (chain.length > 0) {
      pieces.push({ at: data + (chain[0] - 2) * clusterSize, bytes: content });
    }
  };
  const folder = (below: readonly SampleFile[], self: number): Uint8Array[] => {
    const names = new Set(below.map(({ path }) => path.split("/")[0]));
    return [...names].flatMap((name, number) => {
      const file = below.find(({ path }) => path === name);
      if (file) {
        const chain = take(file.content.length);
        place(file.content, chain);
        return entries(name, number, 0x20, chain[0] ?? 0, file.content.length);
      }
      const inside = below.filter(({ path }) => path.startsWith(`${name}/`))
        .map(({ path, content }) => ({ path: path.slice(name.length + 1), content }));
      const chain = take(clusterSize);
      const dots = [["..", self], [".", chain[0]]].map(([dot, cluster]) =>
        entry(String(dot).padEnd(11), 0x10, Number(cluster), 0)
      ).toReversed();
      place(joinedEntries([...dots, ...folder(inside, chain[0])], clusterSize), chain);
      return entries(name, number, 0x10, chain[0], 0);
    });
  };
  const volume = [entry(label.padEnd(11), 0x08, 0, 0), ...folder(files, 0)];
  const bytes = new Uint8Array(data + (free - 2) * clusterSize);
  bytes.set(joinedEntries(volume, data - root), root);
  for (const { at, bytes: piece } of pieces) bytes.set(piece, at);
  writeBootSector(bytes, { ...options, tableSectors, bits });
  const link = (cluster: number, next: number) => writeLink(bytes, table, bits, cluster, next);
  link(0, 0xFFF8);
  link(1, END_OF_CHAIN);
  for (const chain of chains) {
    chain.forEach((cluster, at) => link(cluster, chain[at + 1] ?? END_OF_CHAIN));
  }
  return bytes;
}

const program = `import sensor, time

sensor.reset()
sensor.set_pixformat(sensor.GRAYSCALE)
sensor.set_framesize(sensor.QQVGA)
while True:
    sensor.snapshot()
`;

/** What the user of a simulated camera has on it. */
export const userFiles: readonly SampleFile[] = [
  { path: "main.py", content: ascii(program) },
  { path: "README.txt", content: ascii("The files of a simulated camera.\r\n") },
  { path: "lib/settings of the line.json", content: ascii('{"threshold": 42}\n') },
];

/**
 * The file system of a simulated camera, as a volume of that size.
 * @param isDamaged the first file begins at a cluster that cannot be
 */
export function userVolume(
  options: Omit<SampleFatOptions, "label">,
  isDamaged: boolean,
): Uint8Array {
  const bytes = sampleFat(userFiles, { ...options, label: "OPENMV" });
  if (isDamaged) u16.write(bytes, indexOf(bytes, shortName(0)) + CLUSTER, 1, "cluster");
  return bytes;
}

function writeBootSector(
  bytes: Uint8Array,
  { size, sectorSize, clusterSize, label, tableSectors, bits }: SampleFatOptions & {
    tableSectors: number;
    bits: number;
  },
): void {
  const sectors = size / sectorSize, isSmall = sectors < 0x1_0000;
  bytes.set([0xEB, 0xFE, 0x90]);
  bytes.set(ascii("MSDOS5.0"), 3);
  u16.write(bytes, 11, sectorSize, "sector size");
  bytes[13] = clusterSize / sectorSize;
  u16.write(bytes, 14, 1, "reserved sectors");
  bytes[16] = 1;
  u16.write(bytes, 17, ROOT_ENTRIES, "root entries");
  u16.write(bytes, 19, isSmall ? sectors : 0, "sectors");
  bytes[21] = 0xF8;
  u16.write(bytes, 22, tableSectors, "table sectors");
  u32.write(bytes, 32, isSmall ? 0 : sectors, "sectors");
  bytes[38] = 0x29; // a label and a type follow
  bytes.set(ascii(`${label.padEnd(11)}FAT${bits}   `), 43);
  bytes.set([0x55, 0xAA], 510);
}

function writeLink(
  bytes: Uint8Array,
  table: number,
  bits: number,
  cluster: number,
  next: number,
): void {
  const at = table + Math.floor(cluster * bits / 8);
  if (bits === 16) return u16.write(bytes, at, next, "link");
  const pair = u16.read(bytes, at);
  const value = cluster % 2 === 1
    ? pair & 0x000F | (next & 0xFFF) << 4
    : pair & 0xF000 | next & 0xFFF;
  u16.write(bytes, at, value, "link");
}

/** A file's entry behind the pieces of its long name. */
function entries(
  name: string,
  number: number,
  attributes: number,
  cluster: number,
  size: number,
): Uint8Array[] {
  const short = shortName(number);
  const sum = ascii(short).reduce((sum, byte) => ((sum & 1) << 7) + (sum >> 1) + byte & 0xFF, 0);
  const count = Math.ceil(name.length / 13);
  const pieces = Array.from({ length: count }, (_, index) => {
    const piece = new Uint8Array(ENTRY_SIZE);
    const isLast = index === count - 1;
    piece[0] = index + 1 | (isLast ? 0x40 : 0);
    piece[11] = 0x0F;
    piece[13] = sum;
    [1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30].forEach((offset, at) => {
      const code = index * 13 + at;
      const value = code < name.length ? name.charCodeAt(code) : code === name.length ? 0 : 0xFFFF;
      u16.write(piece, offset, value, "character");
    });
    return piece;
  });
  return [...pieces.toReversed(), entry(short, attributes, cluster, size)];
}

const shortName = (number: number) => `F${String(number).padStart(3, "0")}~1`.padEnd(8) + "   ";

function entry(short: string, attributes: number, cluster: number, size: number): Uint8Array {
  const bytes = new Uint8Array(ENTRY_SIZE);
  bytes.set(ascii(short));
  bytes[11] = attributes;
  u16.write(bytes, CLUSTER, cluster, "cluster");
  u32.write(bytes, 28, size, "size");
  return bytes;
}

function joinedEntries(all: readonly Uint8Array[], room: number): Uint8Array {
  if (all.length * ENTRY_SIZE > room) throw new RangeError("too many files for a folder");
  const bytes = new Uint8Array(room);
  all.forEach((one, at) => bytes.set(one, at * ENTRY_SIZE));
  return bytes;
}

function ascii(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}
