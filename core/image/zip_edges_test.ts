import { zipSync } from "fflate";
import assert from "node:assert/strict";
import { concat } from "../common/bytes.ts";
import { isKind, type UnbrickError } from "../common/errors.ts";
import { u16, u32, u64 } from "../common/struct.ts";
import { type ByteSource, inMemory } from "./byte_source.ts";
import { zipFiles } from "./zip.ts";
import { readZipDirectory } from "./zip_directory.ts";

const content = Uint8Array.from({ length: 300 }, (_, at) => at * 7);
const stored = (...names: string[]) =>
  zipSync(Object.fromEntries(names.map((name) => [name, [content, { level: 0 }]])));

function refusal(archive: Uint8Array | ByteSource): UnbrickError {
  const source = archive instanceof Uint8Array ? inMemory(archive) : archive;
  let error: unknown;
  assert.throws(() => readZipDirectory(source, "r.zip"), (thrown) => (error = thrown, true));
  assert.ok(isKind(error, "bad-image"), String(error));
  return error;
}
const paths = (archive: Uint8Array) =>
  readZipDirectory(inMemory(archive), "r.zip").map(({ path }) => path);

/** Returns the 22 bytes of an end record, in the order of APPNOTE 4.3.16. */
function endRecord(
  { disk = 0, entriesHere = 0, entries = 0, size = 0, offset = 0, comment = 0 },
): Uint8Array {
  const bytes = new Uint8Array(22);
  u32.write(bytes, 0, 0x06054B50, "signature");
  [disk, 0, entriesHere, entries].forEach((value, at) => u16.write(bytes, 4 + 2 * at, value, "n"));
  u32.write(bytes, 12, size, "size");
  u32.write(bytes, 16, offset, "offset");
  u16.write(bytes, 20, comment, "comment");
  return bytes;
}

/** Splits an archive at its list of contents and its end record. */
function parts(zip: Uint8Array) {
  const end = zip.length - 22, start = u32.read(zip, end + 16);
  return { data: zip.slice(0, start), list: zip.slice(start, end), start };
}

/** Puts an archive together again around a changed list of contents. */
function relisted(zip: Uint8Array, change: (list: Uint8Array) => Uint8Array | void, entries = 1) {
  const { data, list, start } = parts(zip);
  const changed = change(list) ?? list;
  const end = endRecord({ entriesHere: entries, entries, size: changed.length, offset: start });
  return concat([data, changed, end]);
}

Deno.test("the end of a zip: comment and padding up to their limits", () => {
  const zip = stored("a");
  const comment = (length: number, there = length) => {
    const bytes = concat([zip, new Uint8Array(there).fill(0x61)]);
    u16.write(bytes, zip.length - 2, length, "comment");
    return bytes;
  };
  for (const bytes of [zip, comment(1), comment(0xFFFF), comment(2, 3).subarray(0, -1)]) {
    assert.deepEqual(paths(bytes), ["a"]);
  }
  assert.match(refusal(comment(2, 1)).message, /truncated/);
  assert.match(refusal(comment(1, 2)).message, /truncated/);
  const padded = (length: number, value: number) =>
    concat([zip, new Uint8Array(length).fill(value)]);
  // The room for a comment that is not there counts, too.
  const most = 1_048_576 + 0xFFFF;
  for (const value of [0x00, 0xFF]) {
    for (const length of [1, most]) assert.deepEqual(paths(padded(length, value)), ["a"]);
    const error = refusal(padded(most + 1, value));
    assert.deepEqual([/missing/.test(error.message), error.data.offset], [
      true,
      zip.length + most + 1,
    ]);
  }
  assert.match(refusal(padded(1, 0x20)).message, /truncated/);
  assert.deepEqual(paths(concat([comment(9), new Uint8Array(5)])), ["a"]);
  assert.match(refusal(new Uint8Array(21)).message, /truncated/);
  assert.deepEqual(paths(endRecord({})), []);
});

Deno.test("an end record that is one of several, or whose list is elsewhere, is refused at its offset", () => {
  const zip = stored("a"), { data, list, start } = parts(zip);
  const whole = { entriesHere: 1, entries: 1, size: list.length, offset: start };
  const withEnd = (change: Parameters<typeof endRecord>[0]) =>
    concat([data, list, endRecord({ ...whole, ...change })]);
  assert.deepEqual(paths(withEnd({})), ["a"]);
  for (
    const [change, reason] of [
      [{ disk: 1 }, /multi-part/],
      [{ entriesHere: 2 }, /multi-part/],
      [{ size: list.length - 1 }, /wrong place/],
      [{ offset: start + 1 }, /wrong place/],
    ] as const
  ) {
    const error = refusal(withEnd(change));
    assert.match(error.message, reason);
    assert.equal(error.data.offset, start + list.length);
  }
  assert.match(refusal(withEnd({ entriesHere: 0, entries: 0 })).message, /directory is damaged/);
  assert.match(refusal(withEnd({ entriesHere: 2, entries: 2 })).message, /directory is damaged/);
});

/** Returns an archive whose numbers are all in its zip64 record, or only those that say so. */
function zip64(isAbsent: boolean, change: (record: Uint8Array) => void = () => {}): Uint8Array {
  const { data, list, start } = parts(stored("a"));
  const record = new Uint8Array(56), locator = new Uint8Array(20);
  u32.write(record, 0, 0x06064B50, "signature");
  u64.write(record, 24, 1n, "entries here");
  u64.write(record, 32, 1n, "entries");
  u64.write(record, 40, BigInt(list.length), "size");
  u64.write(record, 48, BigInt(start), "offset");
  change(record);
  u32.write(locator, 0, 0x07064B50, "signature");
  u64.write(locator, 8, BigInt(start + list.length), "offset of the record");
  const none = { disk: 0xFFFF, entriesHere: 0xFFFF, entries: 0xFFFF };
  const large = { size: 0xFFFF_FFFF, offset: 0xFFFF_FFFF };
  const here = { entriesHere: 1, entries: 1, size: list.length, offset: start };
  const end = endRecord(isAbsent ? { ...none, ...large } : here);
  return concat([data, list, record, locator, end]);
}

Deno.test("zip64: numbers that the end record does not have are in the record that it leads to", () => {
  assert.deepEqual(paths(zip64(true)), ["a"]);
  assert.deepEqual(paths(zip64(false)), ["a"]);
  const other = (at: number) => (record: Uint8Array) => record[at]++;
  // With numbers of its own, the end record is right, whatever stands in the other one.
  for (const at of [16, 24, 32, 40, 48]) {
    assert.deepEqual(paths(zip64(false, other(at))), ["a"]);
    refusal(zip64(true, other(at)));
  }
  refusal(zip64(true, (record) => record[0] = 0));
});

Deno.test("zip64: an entry's large numbers are in its extra field, in their order", () => {
  const zip = stored("a");
  const withExtra = (large: readonly number[], extra: Uint8Array) =>
    relisted(zip, (list) => {
      for (const at of large) u32.write(list, at, 0xFFFF_FFFF, "absent");
      u16.write(list, 30, extra.length, "extra length");
      return concat([list.subarray(0, 47), extra]);
    });
  const field = (id: number, ...values: bigint[]) => {
    const bytes = new Uint8Array(4 + 8 * values.length);
    u16.write(bytes, 0, id, "id");
    u16.write(bytes, 2, 8 * values.length, "length");
    values.forEach((value, at) => u64.write(bytes, 4 + 8 * at, value, "value"));
    return bytes;
  };
  const read = (archive: Uint8Array) => zipFiles(inMemory(archive), "r.zip").read("a");
  const size = BigInt(content.length), other = field(0x5455, 1n);
  assert.deepEqual(read(withExtra([24], field(1, size))), content);
  assert.deepEqual(read(withExtra([24, 20, 42], field(1, size, size, 0n))), content);
  assert.deepEqual(read(withExtra([42], field(1, 0n))), content);
  assert.deepEqual(read(withExtra([20], concat([other, field(1, size)]))), content);
  assert.deepEqual(read(withExtra([20], concat([field(1, size), other]))), content);
  assert.deepEqual(read(withExtra([], concat([other, Uint8Array.of(1, 2, 3)]))), content);
  for (const archive of [withExtra([24], field(2, size)), withExtra([24], field(1))]) {
    assert.throws(() => read(archive), (error) => isKind(error, "bad-image"));
  }
  assert.throws(() => read(withExtra([24, 20], field(1, size))));
});

Deno.test("a list of contents that is cut anywhere, or too long, is damaged at its entry", () => {
  const zip = stored("a", "b"), { list, start } = parts(zip);
  for (let length = 0; length < list.length; length++) {
    const error = refusal(relisted(zip, (list) => list.subarray(0, length), 2));
    assert.match(error.message, /its directory is damaged/);
    assert.equal(error.data.offset, start + (length < 47 ? 0 : 47), `${length}`);
  }
  const longer = refusal(relisted(zip, (list) => concat([list, new Uint8Array(1)]), 2));
  assert.equal(longer.data.offset, start + list.length);
});

const headers: readonly [string, number, number, RegExp | undefined][] = [
  ["encrypted", 8, 0x0001, /encrypted/],
  ["encrypted strongly", 8, 0x0040, /encrypted/],
  ["UTF-8", 8, 0x0800, undefined],
  ["shrunk", 10, 1, /unknown method 1$|unknown method 1\./],
  ["deflated, against the local header", 10, 8, /contradictory/],
  ["deflated by 64", 10, 9, /unknown method 9/],
  ["a link", 40, 0xA1FF, /symbolic link/],
  ["a file", 40, 0x81FF, undefined],
  ["a folder that is one by its mark only", 40, 0x41FF, undefined],
];

Deno.test("what an entry may be, by the fields of its header", () => {
  for (const [name, at, value, reason] of headers) {
    const archive = relisted(stored("a"), (list) => u16.write(list, at, value, name));
    if (!reason) assert.deepEqual(paths(archive), ["a"], name);
    else {
      const error = refusal(archive);
      assert.match(error.message, reason, name);
      assert.equal(error.data.entry, "a");
    }
  }
  assert.deepEqual(paths(stored("a/", "a/b", "c\\d")), ["a/b", "c/d"]);
});

Deno.test("the data of an entry is where its own header says so, inside of the archive", () => {
  const zip = stored("a", "b"), { list } = parts(zip);
  const local = (at: number, value: number) => {
    const bytes = zip.slice();
    bytes[at] = value;
    return refusal(bytes).message;
  };
  assert.match(local(0, 0), /its data is missing/);
  assert.match(local(8, 8), /contradictory/);
  assert.match(local(30, 0x63), /contradictory/);
  assert.match(local(26, 0), /contradictory/);
  const beyond = relisted(zip, (list) => u32.write(list, 42, 0xFFFF, "offset"), 2);
  assert.match(refusal(beyond).message, /its data is missing/);
  const size = (value: number) =>
    relisted(zip, (all) => u32.write(all, list.length - 47 + 20, value, "packed size"), 2);
  assert.deepEqual(paths(size(300)), ["a", "b"]); // up to the list of contents
  const error = refusal(size(301));
  assert.deepEqual([/overlaps/.test(error.message), error.data.entry], [true, "b"]);
  // The first one ends where the local header of the second begins; its data begins 31 bytes later.
  const first = (value: number) => relisted(zip, (all) => u32.write(all, 20, value, "packed"), 2);
  assert.deepEqual(paths(first(331)), ["a", "b"]);
  assert.match(refusal(first(332)).message, /entry b.*overlaps/);
});

Deno.test("at most 20,000 entries and 16 MiB of contents are looked at", () => {
  const source = (entries: number, size: number): ByteSource => {
    const end = endRecord({ entriesHere: entries, entries, size });
    return {
      size: size + end.length,
      read: (offset, length) => {
        const bytes = new Uint8Array(Math.max(0, Math.min(length, size + end.length - offset)));
        if (offset + bytes.length > size) {
          const at = Math.max(0, offset - size);
          bytes.set(end.subarray(at, at + bytes.length), Math.max(0, size - offset));
        }
        return bytes;
      },
    };
  };
  assert.match(refusal(source(20_000, 1)).message, /its directory is damaged/);
  const many = refusal(source(20_001, 1));
  assert.match(many.message, /it has 20001 entries/);
  assert.equal(many.data.offset, 0);
  assert.match(refusal(source(1, 16_777_216)).message, /its directory is damaged/);
  assert.match(refusal(source(1, 16_777_217)).message, /it has 1 entries/);
});

Deno.test("what is unpacked: up to the limit of who reads, and up to the ratio above 1 MiB", () => {
  const zip = zipSync({ "small.bin": content, "zeros.bin": new Uint8Array(1_048_576) });
  const files = zipFiles(inMemory(zip), "r.zip", "in/r.zip");
  assert.deepEqual(files.read("small.bin", 300), content);
  assert.throws(() => files.read("small.bin", 299), /would unpack/);
  assert.equal(files.read("zeros.bin").length, 1_048_576);
  const more = zipSync({ "zeros.bin": new Uint8Array(1_048_577) });
  assert.throws(() => zipFiles(inMemory(more), "r.zip").read("zeros.bin"), /would unpack/);
  const large = zipSync({ "a": [new Uint8Array(1_048_577), { level: 0 }] });
  const once = { maximumRatio: 1 };
  assert.equal(zipFiles(inMemory(large), "r", "r", once).read("a").length, 1_048_577);
  const half = { maximumRatio: 0.5 };
  assert.throws(() => zipFiles(inMemory(large), "r", "r", half).read("a"), /would unpack/);
  assert.deepEqual([files.sourceOf("x"), files.isFresh], ["in/r.zip/x", true]);
  assert.throws(
    () => files.read("none"),
    (error) =>
      isKind(error, "not-found") && error.data.path === "none" && error.data.file === "r.zip",
  );
});
