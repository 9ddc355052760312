import assert from "node:assert/strict";
import { isKind } from "../common/errors.ts";
import { encodeRomfs, type RomfsEntry } from "../../tests/support/images/romfs_encoder.ts";
import { loadImage } from "./load.ts";
import { checkRomfs, romfsAt, romfsContents, romfsIn, romfsMagic } from "./romfs.ts";
import { romfsFiles } from "./romfs_files.ts";

const text = (value: string) => new TextEncoder().encode(value);
const inside = (...body: number[]) => Uint8Array.of(...romfsMagic, body.length, ...body);

/** The offset and the reason with which bytes are refused; undefined if they are not. */
function refusal(bytes: Uint8Array, limit = 0x10_0000): readonly [unknown, string] | undefined {
  try {
    const options = { role: "romfs0", name: "r.img", source: ".", anyContent: true };
    checkRomfs(loadImage(bytes, options), limit, "ROMFS");
  } catch (error) {
    assert.ok(isKind(error, "bad-image"), String(error));
    return [error.data.offset, error.message.replace(/^.*truncated: /, "")];
  }
}

/** Bytes of a file system, where it is refused, and why. Offsets count from the first byte. */
const refused: readonly [string, Uint8Array, number, RegExp][] = [
  ["no length", romfsMagic, 3, /a length is truncated/],
  ["a length cut in the middle", Uint8Array.of(...romfsMagic, 0x80), 3, /a length is truncated/],
  [
    "one byte less than stated",
    inside(1, 0).subarray(0, -1),
    5,
    /claims to have 6 bytes, but has 5/,
  ],
  ["a record without its length", inside(1), 5, /a length is truncated/],
  ["a second record without its length", inside(1, 0, 1), 7, /a length is truncated/],
  ["a record longer than its parent", inside(1, 0, 1, 1), 6, /longer than its parent/],
  ["kind 0", inside(1, 0, 0, 0), 6, /unknown kind 0/],
  ["kind 6", inside(1, 0, 6, 0), 6, /unknown kind 6/],
  ["an empty name", inside(4, 1, 0), 6, /a name is empty, too long or truncated/],
  ["a truncated name", inside(4, 2, 2, 0x61), 6, /a name is empty, too long or truncated/],
  ["a name with a slash", inside(4, 2, 1, 0x2F), 7, /not UTF-8 or has a slash/],
  ["a name that is not UTF-8", inside(4, 2, 1, 0xFF), 7, /not UTF-8 or has a slash/],
  ["a file without content", inside(5, 2, 1, 0x61), 8, /a file has no content/],
  ["a file with padding only", inside(5, 4, 1, 0x61, 1, 0), 8, /a file has no content/],
  ["a pointer to more than there is", inside(3, 2, 4, 5), 6, /outside the file system/],
  ["a pointer with a byte too many", inside(3, 3, 1, 1, 0), 6, /outside the file system/],
  ["a pointer without its offset", inside(3, 1, 1), 7, /a length is truncated/],
  [
    "a file's pointer outside",
    inside(5, 6, 1, 0x61, 3, 2, 1, 12),
    10,
    /outside the file system/,
  ],
  [
    "a length above 32 bits",
    Uint8Array.of(...romfsMagic, 0x90, 0x80, 0x80, 0x80, 0x00),
    3,
    /a length is impossible/,
  ],
  [
    "the largest length of 32 bits",
    Uint8Array.of(...romfsMagic, 0x8F, 0xFF, 0xFF, 0xFF, 0x7F),
    8,
    /claims to have 4294967303 bytes, but has 8/,
  ],
];

Deno.test("each fault of a ROMFS is refused at its offset, with its reason", () => {
  for (const [name, bytes, offset, reason] of refused) {
    const found = refusal(bytes);
    assert.equal(found?.[0], offset, `${name}: ${found}`);
    assert.match(found[1], reason, name);
    assert.equal(romfsIn(bytes), undefined);
  }
});

Deno.test("what is just possible in a ROMFS is accepted", () => {
  for (
    const [bytes, files] of [
      [inside(), []],
      [inside(1, 0, 2, 0, 3, 2, 0, 0, 1, 0), []],
      [inside(3, 2, 4, 4), []], // all 8 bytes, from 4 to the end
      [inside(4, 2, 1, 0x61), []],
      [inside(5, 4, 1, 0x61, 2, 0), ["a"]],
      [inside(5, 6, 1, 0x61, 3, 2, 1, 9), ["a"]],
      [inside(5, 6, 1, 0x61, 1, 0, 2, 0), ["a"]],
    ] as const
  ) {
    assert.equal(refusal(bytes), undefined, bytes.toHex());
    assert.deepEqual(romfsIn(bytes), { size: bytes.length, files });
  }
});

Deno.test("limits: a name of 1024 bytes, 32 folders in one another, and a region of just its size", () => {
  const named = (length: number) => encodeRomfs([{ name: "n".repeat(length), content: text("x") }]);
  assert.equal(refusal(named(1024)), undefined);
  assert.match(refusal(named(1025))![1], /too long/);
  const nested = (depth: number): RomfsEntry[] =>
    depth === 0 ? [] : [{ name: "d", entries: nested(depth - 1) }];
  assert.equal(refusal(encodeRomfs(nested(32))), undefined);
  assert.match(refusal(encodeRomfs(nested(33)))![1], /too deep/);
  const bytes = encodeRomfs([{ name: "a", content: text("abc") }]);
  assert.equal(refusal(bytes, bytes.length), undefined);
  assert.match(refusal(bytes, bytes.length - 1)![1], /region has only/);
});

Deno.test("where each content is: data, a pointer to it, and only the first of two", () => {
  const bytes = inside(
    ...[5, 6, 1, 0x61, 2, 2, 7, 8],
    ...[5, 6, 1, 0x62, 3, 2, 2, 10],
    ...[5, 8, 1, 0x63, 2, 1, 9, 2, 1, 7],
  );
  const { files, contents } = romfsContents(bytes)!;
  assert.deepEqual(files, ["a", "b", "c"]);
  assert.deepEqual(contents, [
    { offset: 10, length: 2 },
    { offset: 10, length: 2 },
    { offset: 26, length: 1 },
  ]);
  const stored = romfsFiles(bytes)!;
  assert.deepEqual([stored.kind, stored.size, stored.damage], ["ROMFS", bytes.length, []]);
  assert.deepEqual(stored.files.map((file) => [...file.read()]), [[7, 8], [7, 8], [9]]);
});

Deno.test("contents that lie in one another are given out only as far as the file system is large", () => {
  // 24 bytes; each file claims the 10 bytes from 0 on.
  const pointed = (name: number) => [5, 6, 1, name, 3, 2, 10, 0];
  const bytes = inside(...pointed(0x61), ...pointed(0x62), ...pointed(0x63));
  const { files } = romfsFiles(bytes)!;
  assert.deepEqual(files.map(({ size }) => size), [10, 10, 0]);
  assert.deepEqual(files.map(({ damage }) => damage !== undefined), [false, false, true]);
  assert.equal(files[2].read().length, 0);
  assert.deepEqual(files[1].read(), bytes.slice(0, 10));
});

Deno.test("of a camera's region only the blocks with records are read, each once, and no more than there is", async () => {
  const bytes = encodeRomfs([
    { name: "a", content: new Uint8Array(12_000) },
    { name: "b", content: new Uint8Array(100) },
  ]);
  const region = new Uint8Array(12_800).fill(0xFF);
  region.set(bytes);
  const reads: [number, number][] = [];
  const readAt = (offset: number, length: number) => {
    reads.push([offset, length]);
    return Promise.resolve(region.slice(offset, offset + length));
  };
  assert.deepEqual(await romfsAt(readAt, region.length), {
    size: bytes.length,
    files: ["a", "b"],
  });
  assert.deepEqual(reads, [[0, 4096], [8192, 4096]]);
  assert.equal(await romfsAt(readAt, bytes.length - 1), undefined);
  reads.length = 0;
  assert.equal(await romfsAt(readAt, 2), undefined);
  assert.deepEqual(reads, [[0, 2]]);
  const fails = () => Promise.reject(new RangeError("no camera"));
  await assert.rejects(romfsAt(fails, 100), RangeError);
});
