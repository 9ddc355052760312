import assert from "node:assert/strict";
import { isKind, type UnbrickError } from "../common/errors.ts";
import { u16, u32 } from "../common/struct.ts";
import { refuseLargerThan, refuseSmallerThan } from "./check.ts";
import { appendDfuSuffix, dfuCrc, parseDfuSuffix } from "./dfu_suffix.ts";
import { encodeDfuse, parseDfuse } from "./dfuse_file.ts";
import { encodeIntelHex, parseIntelHex } from "./intel_hex.ts";
import { loadImage } from "./load.ts";
import { joinSegments, maximumGap, maximumSpan } from "./segments.ts";
import { isResetVectorIn, isStackIn, refuseBadVectors } from "./vector_check.ts";

/** The error that refuses something. */
function refusal(work: () => unknown): UnbrickError {
  let error: unknown;
  assert.throws(work, (thrown) => (error = thrown, true));
  assert.ok(isKind(error, "bad-image"), String(error));
  return error;
}

/** Gives a file that was changed its right CRC again. */
function sealed(file: Uint8Array, change: (bytes: Uint8Array) => void): Uint8Array {
  const bytes = file.slice();
  change(bytes);
  u32.write(bytes, bytes.length - 4, dfuCrc(bytes.subarray(0, -4)), "CRC");
  return bytes;
}

Deno.test("a DFU suffix has 16 bytes or more, at most the file, and is refused at its field", () => {
  const file = appendDfuSuffix(new Uint8Array(10));
  const withLength = (length: number) => sealed(file, (bytes) => bytes[bytes.length - 5] = length);
  for (const length of [16, 17, 26]) {
    assert.equal(parseDfuSuffix(withLength(length), "x").content.length, 26 - length);
  }
  for (const length of [0, 15, 27, 255]) {
    const error = refusal(() => parseDfuSuffix(withLength(length), "x"));
    assert.equal(error.data.offset, 10 + 11);
    assert.match(error.message, new RegExp(`impossible length of ${length}\\.`));
  }
  const damaged = file.slice();
  damaged[0] ^= 1;
  const { data } = refusal(() => parseDfuSuffix(damaged, "x"));
  assert.equal(data.offset, 10 + 12);
  assert.deepEqual([data.stated, data.computed], [
    u32.read(file, 22),
    dfuCrc(damaged.subarray(0, -4)),
  ]);
  for (const [size, offset] of [[0, 0], [15, 0], [16, 0], [20, 4]]) {
    assert.equal(refusal(() => parseDfuSuffix(new Uint8Array(size), "x")).data.offset, offset);
  }
});

const element = (address: number, ...bytes: number[]) => ({
  address,
  bytes: Uint8Array.from(bytes),
});
const targets = [
  { bAlternateSetting: 0, szTargetName: "a", elements: [element(0x10, 1, 2), element(0x20, 3)] },
  { bAlternateSetting: 7, elements: [element(0x30, 4)] },
];
/** Offsets of the two targets: 11 bytes before; each has 274, and 8 before the data of an element. */
const first = 11, second = first + 274 + 8 + 2 + 8 + 1;

/** A change of a DfuSe file, where it is refused, and why. */
const changes: readonly [string, (bytes: Uint8Array) => void, number, RegExp][] = [
  ["signature", (bytes) => bytes[4] = 0, 0, /DfuSe prefix is missing/],
  ["version", (bytes) => bytes[5] = 0, 5, /format is 0/],
  ["one target less", (bytes) => bytes[10] = 1, second, /283 bytes are left over/],
  ["one target more", (bytes) => bytes[10] = 3, second + 283, /target 2 is missing/],
  ["second target's signature", (bytes) => bytes[second] = 0, second, /target 1 is missing/],
  [
    "size of a target",
    (bytes) => bytes[second + 266] = 10,
    second + 266,
    /target 1 is longer than/,
  ],
  ["a size in its last byte", (bytes) => bytes[second + 269] = 1, second + 266, /longer than the/],
  ["element count", (bytes) => bytes[second + 270] = 2, second + 283, /fewer elements than it/],
  ["no element", (bytes) => bytes[second + 270] = 0, second + 274, /longer than its elements/],
  ["element size", (bytes) => bytes[second + 278] = 2, second + 278, /an element is longer than/],
  ["element shorter", (bytes) => bytes[second + 278] = 0, second + 282, /longer than its elements/],
  ["first element", (bytes) => bytes[first + 278] = 12, first + 278, /an element is longer than/],
  [
    "bcdDFU",
    (bytes) => u16.write(bytes, bytes.length - 10, 0x0100, "bcdDFU"),
    second + 283 + 6,
    /DFU 0x0100/,
  ],
];

Deno.test("each contradiction in a DfuSe file is refused at its offset", () => {
  const file = encodeDfuse(targets);
  assert.equal(file.length, second + 283 + 16);
  assert.deepEqual(parseDfuse(file, "x").targets, targets);
  for (const [name, change, offset, reason] of changes) {
    const error = refusal(() => parseDfuse(sealed(file, change), "x"));
    assert.equal(error.data.offset, offset, `${name}: ${error.message}`);
    assert.match(error.message, reason, name);
  }
  const left = appendDfuSuffix(new Uint8Array([...file.slice(0, -16), 0]), { bcdDFU: 0x011A });
  const error = refusal(() =>
    parseDfuse(sealed(left, (bytes) => u32.write(bytes, 6, bytes.length, "size")), "x")
  );
  assert.match(error.message, /1 byte is left over/);
});

Deno.test("DFUImageSize may count the suffix or not, and nothing else", () => {
  const file = encodeDfuse(targets), content = file.length - 16;
  for (const size of [file.length, content]) {
    const bytes = sealed(file, (bytes) => u32.write(bytes, 6, size, "DFUImageSize"));
    assert.equal(parseDfuse(bytes, "x").targets.length, 2);
  }
  for (const size of [file.length + 1, file.length - 1, content + 1, content - 1, 0]) {
    const bytes = sealed(file, (bytes) => u32.write(bytes, 6, size, "DFUImageSize"));
    assert.equal(refusal(() => parseDfuse(bytes, "x")).data.offset, 6);
  }
});

const parse = (hex: string) => parseIntelHex(new TextEncoder().encode(hex), "x.hex");
/** Returns a record with its length and checksum. */
function record(type: number, offset: number, ...data: number[]): string {
  const body = [data.length, offset >> 8, offset & 0xFF, type, ...data];
  const sum = body.reduce((sum, byte) => sum + byte, 0);
  return `:${Uint8Array.of(...body, -sum & 0xFF).toHex().toUpperCase()}`;
}
const end = record(1, 0);

Deno.test("records of Intel HEX: bases, start addresses, white space, and what is wrong in which line", () => {
  const at = (...lines: string[]) => {
    const { address, startAddress } = parse([...lines, record(0, 0x10, 9), end].join("\n"));
    return [address, startAddress];
  };
  assert.deepEqual(at(), [0x10, undefined]);
  assert.deepEqual(at(record(2, 0, 0x12, 0x34)), [0x12350, undefined]);
  assert.deepEqual(at(record(4, 0, 0x12, 0x34)), [0x12340010, undefined]);
  assert.deepEqual(at(record(4, 0, 0xFF, 0xFF)), [0xFFFF0010, undefined]);
  assert.deepEqual(at(record(3, 0, 0x12, 0x34, 0x56, 0x78)), [0x10, 0x12340 + 0x5678]);
  assert.deepEqual(at(record(5, 0, 0xF2, 0x34, 0x56, 0x78)), [0x10, 0xF2345678]);
  for (const [type, length] of [[1, 0], [2, 2], [3, 4], [4, 2], [5, 4]]) {
    for (const other of [length - 1, length + 1]) {
      if (other < 0) continue;
      const wrong = record(type, 0, ...Array(other).fill(0));
      const error = refusal(() => parse([record(0, 0, 1), wrong, end].join("\n")));
      assert.equal(error.data.line, 2, wrong);
      assert.match(error.message, new RegExp(`type 0x0${type} must have ${length} byte`));
    }
  }
  const unknown = refusal(() => parse(`${record(6, 0)}\n${end}`));
  assert.deepEqual([unknown.data.line, unknown.data.type], [1, 6]);
  for (
    const source of [
      ":",
      ":00",
      ":0000000",
      ":00000001F",
      "00000001FF",
      ":0000000 1FF",
      ":x0000001FF",
    ]
  ) {
    assert.equal(refusal(() => parse(`${record(0, 0, 1)}\n${source}\n${end}`)).data.line, 2);
  }
  const wrong = refusal(() => parse(`${record(0, 0, 1).slice(0, -2)}00\n${end}`));
  assert.deepEqual([wrong.data.stated, wrong.data.computed, wrong.data.line], [0, 0xFE, 1]);
});

Deno.test("what is encoded: 16 bytes a record, none across 64 KiB, and the upper half of the address", () => {
  const bytes = Uint8Array.from({ length: 20 }, (_, at) => at);
  assert.deepEqual(encodeIntelHex([{ address: 0x1234_FFFE, bytes }]).split("\n"), [
    record(4, 0, 0x12, 0x34),
    record(0, 0xFFFE, 0, 1),
    record(4, 0, 0x12, 0x35),
    record(0, 0, ...bytes.slice(2, 18)),
    record(0, 0x10, 18, 19),
    end,
    "",
  ]);
});

const at = (address: number, length = 1) => ({ address, bytes: new Uint8Array(length).fill(7) });

Deno.test("the data of errors of segments, and what is just possible", () => {
  const data = (...segments: ReturnType<typeof at>[]) =>
    refusal(() => joinSegments(segments, "x")).data;
  assert.equal(data(at(8, 4), at(11)).address, 11);
  const gap = data(at(8, 4), at(13 + maximumGap));
  assert.deepEqual([gap.address, gap.length, gap.joined], [12, maximumGap + 1, true]);
  assert.equal(data(at(0xFFFF_FFFE, 3)).address, 0xFFFF_FFFE);
  assert.equal(joinSegments([at(0xFFFF_FFFE, 2)], "x").bytes.length, 2);
  assert.equal(joinSegments([at(0, maximumSpan)], "x").bytes.length, maximumSpan);
  const wide = data(at(5, maximumSpan + 1));
  assert.deepEqual([wide.address, wide.length], [5, maximumSpan + 1]);
  assert.deepEqual(joinSegments([at(3, 2), at(5), at(0, 0)], "x"), at(3, 3));
});

Deno.test("stack and reset vector: the ends of their ranges", () => {
  const ram = [{ start: 0x2000_0000, end: 0x2000_1000 }, { start: 0x100, end: 0x200 }];
  const stacks = [0x2000_0000, 0x2000_0001, 0x2000_1000, 0x2000_1001, 0x100, 0x200];
  assert.deepEqual(stacks.map((stack) => isStackIn(ram, stack)), [
    false,
    true,
    true,
    false,
    false,
    true,
  ]);
  const vectors = [0xFF, 0x101, 0x100, 0x10F, 0x110, 0x111];
  assert.deepEqual(vectors.map((one) => isResetVectorIn(one, 0x100, 0x10)), [
    ...[false, true, false, true, false, false],
  ]);
  assert.ok(isResetVectorIn(0x101, 0x101, 1));
  const image = (stack: number, reset: number) => {
    const bytes = new Uint8Array(16);
    u32.write(bytes, 0, stack, "stack");
    u32.write(bytes, 4, reset, "reset");
    return loadImage(bytes, { role: "r", name: "x.bin", source: "." });
  };
  const refused = (stack: number, reset: number) =>
    refusal(() => refuseBadVectors(image(stack, reset), 0x100, ram));
  refuseBadVectors(image(0x200, 0x101), 0x100, ram);
  const stack = refused(0x99, 0x101);
  assert.deepEqual([stack.data.offset, stack.data.initialStackPointer], [0, 0x99]);
  const even = refused(0x200, 0x102);
  assert.deepEqual([even.data.offset, even.data.resetVector, even.data.address], [4, 0x102, 0x100]);
  assert.match(even.message, /is even/);
  assert.match(refused(0x200, 0x111).message, /outside the image \(0x00000100 to 0x00000110\)/);
  const short = { ...image(0, 0), bytes: new Uint8Array(7) };
  assert.equal(refusal(() => refuseBadVectors(short, 0, ram)).data.offset, 0);
});

Deno.test("sizes: the least and the most are allowed, one byte beyond is refused with both numbers", () => {
  const image = loadImage(new Uint8Array(10).fill(1), { role: "r", name: "x.bin", source: "." });
  refuseSmallerThan(image, 10, "a bootloader");
  refuseLargerThan(image, 10, "ROMFS");
  const small = refusal(() => refuseSmallerThan(image, 11, "a bootloader")).data;
  assert.deepEqual([small.offset, small.size, small.least], [10, 10, 11]);
  const large = refusal(() => refuseLargerThan(image, 9, "ROMFS")).data;
  assert.deepEqual([large.offset, large.size, large.limit], [9, 10, 9]);
});
