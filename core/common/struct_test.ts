import assert from "node:assert/strict";
import { UnbrickError } from "./errors.ts";
import {
  array,
  at,
  bytes,
  constant,
  i16,
  i32be,
  latin1,
  padding,
  struct,
  u16,
  u16be,
  u24,
  u32,
  u32be,
  u64,
  u8,
  type ValueOf,
} from "./struct.ts";

const Setup = struct("SETUP packet", { bmRequestType: u8, bRequest: u8, wValue: u16 }, 8);
const Head = struct("head", {
  magic: constant(u32be, 0xCAFE_F00D),
  name: latin1(4),
  reserved: padding(2, 0xFF),
  setup: Setup,
  words: array(u16be, 2),
});
type Head = ValueOf<typeof Head>;

const head: Head = {
  name: "ab",
  setup: { bmRequestType: 0x21, bRequest: 1, wValue: 0x0203 },
  words: [0x1234, 0xFFFE],
};
const headBytes = "cafef00d61620000ffff2101030200000000" + "1234fffe";

/** Runs `action`, which must fail with an UnbrickError. */
function failureOf(action: () => unknown): UnbrickError {
  try {
    action();
  } catch (error) {
    if (error instanceof UnbrickError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

Deno.test("a structure consists of the bytes of its fields, one after another", () => {
  assert.equal(Head.encode(head).toHex(), headBytes);
  assert.deepEqual(Head.decode(Uint8Array.fromHex(headBytes)), head);
  assert.equal(Head.size, 22);
  assert.deepEqual(Head.offsets, { magic: 0, name: 4, reserved: 8, setup: 10, words: 18 });
});

Deno.test("numbers are little-endian, and big-endian with `be`", () => {
  const Numbers = struct("numbers", { a: u16, b: u16be, c: u24, d: u32, e: u32be, f: u64 });
  const value = { a: 1, b: 1, c: 0x010203, d: 0x8000_0001, e: 0x8000_0001, f: 0x0102n << 48n | 7n };
  const encoded = Numbers.encode(value);
  assert.equal(
    encoded.toHex(),
    "0100" + "0001" + "030201" + "01000080" + "80000001" + "0700000000000201",
  );
  assert.deepEqual(Numbers.decode(encoded), value);
  const Signed = struct("signed", { a: i16, b: i32be });
  assert.equal(Signed.encode({ a: -2, b: -32 }).toHex(), "feffffffffe0");
  assert.deepEqual(Signed.decode(Uint8Array.fromHex("feffffffffe0")), { a: -2, b: -32 });
});

Deno.test("fields with offsets leave zeros between them and up to the size", () => {
  const Sparse = struct("table", { a: at(2, u8), b: u8, c: at(6, u16be) }, 10);
  assert.equal(Sparse.encode({ a: 1, b: 2, c: 3 }).toHex(), "00000102000000030000");
  assert.deepEqual(Sparse.offsets, { a: 2, b: 3, c: 6 });
  assert.deepEqual(Sparse.decode(Uint8Array.fromHex("ffff0102ffff0003ffff")), { a: 1, b: 2, c: 3 });
  const used = new Uint8Array(12).fill(0xEE);
  Sparse.write(used, 1, { a: 1, b: 2, c: 3 });
  assert.equal(used.toHex(), "ee00000102000000030000ee");
});

Deno.test("an impossible structure is refused when it is declared", () => {
  assert.throws(() => struct("overlap", { a: u32, b: at(3, u8) }), RangeError);
  assert.throws(() => struct("small", { a: u32 }, 3), RangeError);
});

Deno.test("too few bytes are refused with the structure's name and both lengths", () => {
  const short = Uint8Array.fromHex(headBytes).subarray(0, 21);
  const error = failureOf(() => Head.decode(short));
  assert.equal(error.kind, "protocol");
  assert.equal(error.message, "The head needs 22 bytes, but has only 21.");
  assert.equal(Head.tryDecode(short), undefined);
  const last = Uint8Array.of(1, 2, 3, 4);
  const Pair = struct("pair", { a: u8, b: u8 });
  assert.deepEqual(Pair.decode(last, 2), { a: 3, b: 4 });
  assert.deepEqual(Pair.tryDecode(last, 2), { a: 3, b: 4 });
  for (const offset of [3, 4, 5, -1]) {
    assert.equal(Pair.tryDecode(last, offset), undefined);
    assert.equal(failureOf(() => Pair.decode(last, offset)).kind, "protocol");
  }
});

Deno.test("a view into a larger buffer is read within its own limits", () => {
  const whole = Uint8Array.fromHex("ffff" + headBytes + "ffff");
  assert.deepEqual(Head.decode(whole.subarray(2, 24)), head);
  assert.deepEqual(Head.decode(whole, 2), head);
  assert.equal(Head.tryDecode(whole.subarray(2, 23)), undefined);
});

Deno.test("a wrong constant is refused with its name and the actual value", () => {
  const wrong = Uint8Array.fromHex(headBytes);
  wrong[3] ^= 1;
  const error = failureOf(() => Head.decode(wrong));
  assert.equal(error.message, "The head is not valid: magic is cafef00c.");
  assert.deepEqual(error.data, { field: "magic", offset: 0, found: "cafef00c" });
  assert.equal(Head.tryDecode(wrong), undefined);
});

Deno.test("constants in nested structures and arrays are checked", () => {
  const Item = struct("item", { mark: constant(latin1(2), "PK"), value: u8 });
  const List = struct("list", { items: array(Item, 2), last: Item });
  const good = List.encode({ items: [{ value: 1 }, { value: 2 }], last: { value: 3 } });
  assert.equal(good.toHex(), "504b01504b02504b03");
  for (const [offset, field] of [[0, "items"], [4, "items"], [7, "last"]] as const) {
    const wrong = good.slice();
    wrong[offset] = 0;
    assert.equal(List.tryDecode(wrong), undefined);
    assert.equal(failureOf(() => List.decode(wrong)).data.field, field);
  }
});

Deno.test("a value that does not fit its field is a defect, and is named", () => {
  const All = struct("all", { a: u8, b: i16, c: bytes(2), d: latin1(2), e: array(u8, 1), f: u64 });
  const good = { a: 255, b: -32768, c: new Uint8Array(2), d: "ÿx", e: [0], f: 2n ** 64n - 1n };
  assert.deepEqual(All.decode(All.encode(good)), good);
  const wrong: Partial<ValueOf<typeof All>>[] = [
    ...[256, -1, 0.5, NaN].map((a) => ({ a })),
    ...[32768, -32769].map((b) => ({ b })),
    ...[1, 3].map((length) => ({ c: new Uint8Array(length) })),
    ...["abc", "a\0", "€"].map((d) => ({ d })),
    ...[[], [1, 2], [256]].map((e) => ({ e })),
    ...[-1n, 2n ** 64n].map((f) => ({ f })),
  ];
  for (const part of wrong) {
    const error = failureOf(() => All.encode({ ...good, ...part }));
    assert.equal(error.kind, "bug");
    assert.ok(error.message.endsWith(`the field ${Object.keys(part)[0]} of all.`), error.message);
  }
});

Deno.test("a structure is never written beyond the end of a buffer", () => {
  const small = new Uint8Array(23).fill(0xEE);
  for (const offset of [2, -1]) {
    assert.equal(failureOf(() => Head.write(small, offset, head)).kind, "bug");
  }
  assert.ok(small.every((byte) => byte === 0xEE));
});

Deno.test("a structure can overwrite the one that it was read from", () => {
  const Block = struct("block", { first: u8, kept: bytes(2), last: at(4, u8) });
  const block = Uint8Array.of(1, 2, 3, 0xEE, 4);
  Block.write(block, 0, { ...Block.decode(block), first: 9 });
  assert.deepEqual([...block], [9, 2, 3, 0, 4]);
});

Deno.test("bytes that were read share their memory with their source", () => {
  const Block = struct("block", { head: u8, body: bytes(2) });
  const source = Uint8Array.of(1, 2, 3);
  const { body } = Block.decode(source);
  source[1] = 9;
  assert.deepEqual([...body], [9, 3]);
});
