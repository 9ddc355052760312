import assert from "node:assert/strict";
import { u16, u32 } from "../common/struct.ts";
import { fatFiles } from "./fat_files.ts";
import { FatVolume } from "./fat_volume.ts";

const SECTOR = 512;

/** Fields of the boot sector by their offsets in Microsoft's description, where they differ from a usual one. */
interface Boot {
  readonly sectorSize?: number;
  readonly sectorsPerCluster?: number;
  readonly reserved?: number;
  readonly tables?: number;
  readonly rootEntries?: number;
  readonly tableSectors?: number;
  /** Clusters of data. */
  readonly clusters?: number;
  readonly rootCluster?: number;
  /** Clusters that were read. */
  readonly there?: number;
}

/** Returns a volume without files, and where its parts are. */
function volume({
  sectorSize = SECTOR,
  sectorsPerCluster = 1,
  reserved = 1,
  tables = 1,
  rootEntries = 16,
  tableSectors = 2,
  clusters = 40,
  rootCluster = 2,
  there = Math.min(clusters, 40),
}: Boot = {}) {
  const table = reserved * sectorSize, root = table + tables * tableSectors * sectorSize;
  const data = root + Math.ceil(rootEntries * 32 / (sectorSize || 1)) * sectorSize;
  const clusterSize = sectorsPerCluster * sectorSize;
  const bytes = new Uint8Array(Math.max(SECTOR, data + there * clusterSize));
  const sectors = data / (sectorSize || 1) + clusters * sectorsPerCluster;
  const isLarge = sectors > 0xFFFF || rootEntries === 0;
  bytes[0] = 0xEB;
  u16.write(bytes, 11, sectorSize, "sector size");
  bytes[13] = sectorsPerCluster;
  u16.write(bytes, 14, reserved, "reserved sectors");
  bytes[16] = tables;
  u16.write(bytes, 17, rootEntries, "root entries");
  u16.write(bytes, 19, isLarge ? 0 : sectors, "sectors");
  u16.write(bytes, 22, rootEntries === 0 ? 0 : tableSectors, "table sectors");
  u32.write(bytes, 32, isLarge ? sectors : 0, "more sectors");
  if (rootEntries === 0) {
    u32.write(bytes, 36, tableSectors, "more table sectors");
    u32.write(bytes, 44, rootCluster, "root cluster");
  }
  bytes.set([0x55, 0xAA], 510);
  return { bytes, table, root, data, clusterSize };
}

Deno.test("which boot sectors begin a volume", () => {
  const accepted: readonly Boot[] = [
    {},
    ...[512, 1024, 2048, 4096].map((sectorSize) => ({ sectorSize })),
    ...[1, 2, 64, 128].map((sectorsPerCluster) => ({ sectorsPerCluster })),
    ...[{ reserved: 32 }, { tables: 2 }, { clusters: 1, there: 1 }],
  ];
  const refused: readonly Boot[] = [
    ...[0, 1, 256, 513, 1536, 8192].map((sectorSize) => ({ sectorSize })),
    ...[0, 3, 96].map((sectorsPerCluster) => ({ sectorsPerCluster })),
    ...[{ reserved: 0 }, { tables: 0 }, { tables: 3 }, { clusters: 0, there: 1 }, { there: 0 }],
  ];
  for (const boot of accepted) {
    assert.ok(FatVolume.in(volume(boot).bytes), JSON.stringify(boot));
  }
  for (const boot of refused) {
    assert.equal(FatVolume.in(volume(boot).bytes), undefined, JSON.stringify(boot));
  }
  for (const [at, value] of [[0, 0xEA], [510, 0], [511, 0]]) {
    const { bytes } = volume();
    bytes[at] = value;
    assert.equal(FatVolume.in(bytes), undefined);
  }
  const { bytes } = volume();
  bytes[0] = 0xE9;
  assert.ok(FatVolume.in(bytes));
});

Deno.test("the number of clusters makes it FAT12, FAT16 or FAT32", () => {
  for (
    const [clusters, bits] of [
      [1, 12],
      [4084, 12],
      [4085, 16],
      [65_524, 16],
      [65_525, 32],
      [200_000, 32],
    ]
  ) {
    const { bytes, data, root, clusterSize } = volume({ clusters, rootEntries: 16 });
    const found = FatVolume.in(bytes)!;
    assert.equal(found.bits, bits, `${clusters} clusters`);
    assert.deepEqual([found.size, found.clusterSize], [data + clusters * clusterSize, 512]);
    assert.equal(found.root.byteOffset, root);
    assert.equal(found.root.length, 512);
    assert.equal(found.rootCluster, 0);
  }
});

/** For each kind: clusters, root entries, and the numbers around the first that ends a chain. */
const kinds = [
  { bits: 12, boot: { clusters: 4000 }, bad: 0xFF7, last: [0xFF8, 0xFFF] },
  { bits: 16, boot: { clusters: 5000 }, bad: 0xFFF7, last: [0xFFF8, 0xFFFF] },
  {
    bits: 32,
    boot: { clusters: 70_000, rootEntries: 0 },
    bad: 0x0FFF_FFF7,
    last: [0x0FFF_FFF8, 0x0FFF_FFFF, 0xFFFF_FFFF],
  },
] as const;

function link(bytes: Uint8Array, table: number, bits: number, cluster: number, next: number): void {
  if (bits === 32) return u32.write(bytes, table + 4 * cluster, next, "link");
  if (bits === 16) return u16.write(bytes, table + 2 * cluster, next, "link");
  const at = table + (3 * cluster >> 1), pair = u16.read(bytes, at);
  const value = cluster % 2 ? pair & 0xF | next << 4 : pair & 0xF000 | next;
  u16.write(bytes, at, value, "link");
}

Deno.test("a chain ends at its mark, after what is wanted, or where it is broken", () => {
  for (const { bits, boot, bad, last } of kinds) {
    const chain = (next: readonly number[], most = 10, first = 2) => {
      const { bytes, table } = volume({ ...boot });
      next.forEach((value, at) => link(bytes, table, bits, 2 + at, value));
      const { clusters, damage } = FatVolume.in(bytes)!.chain(first, most);
      return [clusters, damage && String(damage)];
    };
    for (const end of last) assert.deepEqual(chain([3, 4, end]), [[2, 3, 4], undefined]);
    assert.deepEqual(chain([3, 4, 5], 2), [[2, 3], undefined]);
    assert.deepEqual(chain([3, 4], 0), [[], undefined]);
    const broken = "its chain of clusters is broken";
    for (const next of [bad, 0, 1]) assert.deepEqual(chain([3, next]), [[2, 3], broken]);
    for (const first of [0, 1, last[0], bad]) assert.deepEqual(chain([], 1, first), [[], broken]);
    assert.deepEqual(chain([3, 2]), [[2, 3], "its clusters belong to another file, too"]);
    const unread = "a part of it is behind the end of what was read";
    assert.deepEqual(chain([41, 0], 2), [[2, 41], undefined]);
    assert.deepEqual(chain([42]), [[2], unread]);
    assert.deepEqual(chain([boot.clusters + 1]), [[2], unread]);
    assert.deepEqual(chain([boot.clusters + 2]), [[2], broken]);
  }
});

function entry(
  name: string,
  { attributes = 0x20, cluster = 0, size = 0, mark = 0 }: Partial<
    Record<"attributes" | "cluster" | "size" | "mark", number>
  >,
): Uint8Array {
  const bytes = new Uint8Array(32);
  bytes.set([...name.padEnd(11)].map((letter) => letter.charCodeAt(0)));
  bytes[11] = attributes;
  bytes[12] = mark;
  u16.write(bytes, 20, cluster >>> 16, "cluster");
  u16.write(bytes, 26, cluster & 0xFFFF, "cluster");
  u32.write(bytes, 28, size, "size");
  return bytes;
}

Deno.test("the files of a FAT32: root and folders in chains, cluster numbers of 32 bits", () => {
  const { bytes, table, data } = volume({ clusters: 70_000, rootEntries: 0, rootCluster: 3 });
  const at = (cluster: number) => data + (cluster - 2) * SECTOR;
  bytes.set(entry("LIB", { attributes: 0x10, cluster: 4 }), at(3));
  for (let index = 1; index < 16; index++) {
    bytes.set(entry(`F${index}`, { attributes: 0x08 }), at(3) + 32 * index);
  }
  bytes.set(entry("B       PY", { cluster: 6, size: 600 }), at(5)); // the root's second cluster
  bytes.set(entry("FAR     BIN", { cluster: 0x1_0007, size: 1 }), at(5) + 32);
  bytes.set(entry("A       PY", { cluster: 8, size: 512 }), at(4));
  bytes.fill(7, at(6), at(6) + 512);
  bytes.fill(9, at(7), at(7) + 512);
  bytes.fill(5, at(8), at(8) + 512);
  const end = 0x0FFF_FFFF;
  for (const [cluster, next] of [[3, 5], [4, end], [5, end], [6, 7], [7, end], [8, end]]) {
    link(bytes, table, 32, cluster, next);
  }
  const found = fatFiles(bytes)!;
  assert.deepEqual([found.kind, found.damage], ["FAT32", []]);
  assert.deepEqual(found.files.map(({ path, size }) => [path, size]), [
    ["LIB/A.PY", 512],
    ["B.PY", 600],
    ["FAR.BIN", 0],
  ]);
  const [a, b, far] = found.files;
  assert.deepEqual([a.read().every((byte) => byte === 5), a.read().length], [true, 512]);
  assert.deepEqual([...b.read().subarray(510, 514)], [7, 7, 9, 9]);
  assert.match(String(far.damage), /^only 0 of 1 byte can be read: a part of it is behind/);
});

Deno.test("entries of a folder: what is skipped, what ends it, and lower case", () => {
  const { bytes, root } = volume();
  const all = [
    entry("LABEL", { attributes: 0x08 }),
    entry(".", { attributes: 0x10 }),
    entry("\xE5GONE", {}),
    entry("A", { mark: 0x08 }),
    entry("B       PY", { mark: 0x10 }),
    entry("C       PY", { mark: 0x18 }),
    entry("\x05X", {}),
    entry("", { attributes: 0x20 }),
  ];
  all.forEach((one, at) => bytes.set(one, root + 32 * at));
  bytes[root + 32 * 7] = 0;
  bytes.set(entry("AFTER", {}), root + 32 * 8);
  assert.deepEqual(fatFiles(bytes)!.files.map(({ path }) => path), ["a", "B.py", "c.py", "σX"]);
  // A folder may be full: then nothing marks its end.
  for (let at = 0; at < 16; at++) bytes.set(entry(`F${at}`, {}), root + 32 * at);
  assert.equal(fatFiles(bytes)!.files.length, 16);
});

/** Returns the pieces of a long name as they stand before their entry. */
function pieces(name: string, short: string, change: Partial<{ sum: number; last: number }> = {}) {
  const sum = [...short.padEnd(11)].reduce(
    (sum, letter) => (sum >> 1 | sum << 7) + letter.charCodeAt(0) & 0xFF,
    0,
  );
  const count = Math.ceil(name.length / 13);
  return Array.from({ length: count }, (_, index) => {
    const piece = new Uint8Array(32), number = count - index;
    piece[0] = number | (index === 0 ? change.last ?? 0x40 : 0);
    piece[11] = 0x0F;
    piece[13] = change.sum ?? sum;
    [1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30].forEach((offset, at) => {
      const code = (number - 1) * 13 + at;
      const value = code < name.length ? name.charCodeAt(code) : code === name.length ? 0 : 0xFFFF;
      u16.write(piece, offset, value, "character");
    });
    return piece;
  });
}

Deno.test("a long name counts only if all its pieces are there and belong to the entry", () => {
  const short = "LONGNA~1PY", long = "a long name of 30 letters, x.py";
  const nameOf = (before: readonly Uint8Array[], name = short) => {
    const { bytes, root } = volume();
    [...before, entry(name, {})].forEach((one, at) => bytes.set(one, root + 32 * at));
    return fatFiles(bytes)!.files[0].path;
  };
  const plain = "LONGNA~1.PY";
  assert.equal(nameOf(pieces(long, short)), long);
  assert.equal(nameOf(pieces("thirteen.char", short)), "thirteen.char");
  assert.equal(nameOf(pieces(long, short, { sum: 1 })), plain);
  assert.equal(nameOf(pieces(long, short, { last: 0 })), plain);
  assert.equal(nameOf(pieces(long, short).slice(1)), plain);
  assert.equal(nameOf(pieces(long, short).slice(0, -1)), plain);
  assert.equal(nameOf(pieces(long, short), "OTHER"), "OTHER");
  assert.equal(nameOf([...pieces("another", "OTHER"), ...pieces(long, short)]), long);
  assert.equal(nameOf([...pieces(long, short), entry("\xE5", {})]), plain);
  const [last, ...rest] = pieces(long, short);
  assert.equal(nameOf([last, ...pieces(long, short, { sum: 9 }).slice(1)]), plain);
  assert.equal(nameOf([last, last, ...rest]), long);
});
