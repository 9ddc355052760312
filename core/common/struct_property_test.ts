import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import fc from "fast-check";
import {
  array,
  at,
  bytes,
  type Field,
  i16,
  i32,
  i32be,
  latin1,
  struct,
  u16,
  u16be,
  u24,
  u32,
  u32be,
  u64,
  u8,
} from "./struct.ts";

/** Compares random structures and values with Node's Buffer, which shares no code with ours. */

interface Part {
  readonly field: Field<unknown>;
  readonly value: unknown;
  /** The bytes that Buffer makes of the value. */
  readonly expected: Uint8Array;
}

function part<T>(
  field: Field<T>,
  values: fc.Arbitrary<T>,
  encode: (buffer: Buffer, value: T) => unknown,
): fc.Arbitrary<Part> {
  return values.map((value) => {
    const expected = Buffer.alloc(field.size);
    encode(expected, value);
    return { field: field as Field<unknown>, value, expected };
  });
}

const unsigned = (size: number) => fc.integer({ min: 0, max: 2 ** (8 * size) - 1 });
const signed = (size: number) =>
  fc.integer({ min: -(2 ** (8 * size - 1)), max: 2 ** (8 * size - 1) - 1 });
const letters = fc.string({
  unit: fc.integer({ min: 1, max: 255 }).map((code) => String.fromCharCode(code)),
  maxLength: 7,
});

const simplePart: fc.Arbitrary<Part> = fc.oneof(
  part(u8, unsigned(1), (buffer, value) => buffer.writeUInt8(value)),
  part(u16, unsigned(2), (buffer, value) => buffer.writeUInt16LE(value)),
  part(u16be, unsigned(2), (buffer, value) => buffer.writeUInt16BE(value)),
  part(u24, unsigned(3), (buffer, value) => buffer.writeUIntLE(value, 0, 3)),
  part(u32, unsigned(4), (buffer, value) => buffer.writeUInt32LE(value)),
  part(u32be, unsigned(4), (buffer, value) => buffer.writeUInt32BE(value)),
  part(i16, signed(2), (buffer, value) => buffer.writeInt16LE(value)),
  part(i32, signed(4), (buffer, value) => buffer.writeInt32LE(value)),
  part(i32be, signed(4), (buffer, value) => buffer.writeInt32BE(value)),
  part(u64, fc.bigInt(0n, 2n ** 64n - 1n), (buffer, value) => buffer.writeBigUInt64LE(value)),
  part(
    bytes(5),
    fc.uint8Array({ minLength: 5, maxLength: 5 }),
    (buffer, value) => buffer.set(value),
  ),
  part(latin1(7), letters, (buffer, value) => buffer.write(value, "latin1")),
  part(
    array(u16, 3),
    fc.array(unsigned(2), { minLength: 3, maxLength: 3 }),
    (buffer, value) => value.forEach((word, index) => buffer.writeUInt16LE(word, 2 * index)),
  ),
);

/** Returns a structure as part of a larger one. */
const nestedPart = fc.array(simplePart, { minLength: 1, maxLength: 4 }).map((parts): Part => {
  const { declared, value } = declare(parts.map((each) => ({ ...each, gap: 0 })));
  return { field: declared, value, expected: Buffer.concat(parts.map(({ expected }) => expected)) };
});

const parts = fc.array(
  fc.tuple(fc.oneof(simplePart, nestedPart), fc.integer({ min: 0, max: 3 }))
    .map(([each, gap]) => ({ ...each, gap })),
  { maxLength: 8 },
);

/**
 * Returns the structure with the parts as fields a0, a1, …; each begins `gap` bytes after the
 * previous one.
 */
function declare(parts: readonly (Part & { readonly gap: number })[]) {
  let end = 0;
  const fields: Record<string, Field<unknown>> = {}, value: Record<string, unknown> = {};
  parts.forEach(({ field, gap, ...each }, index) => {
    fields[`a${index}`] = gap === 0 ? field : at(end + gap, field);
    value[`a${index}`] = each.value;
    end += gap + field.size;
  });
  return { declared: struct("random structure", fields), value };
}

Deno.test("encodes as Buffer does, has the size of its parts, and decodes to the same value", () => {
  fc.assert(fc.property(parts, (parts) => {
    const { declared, value } = declare(parts);
    const expected = Buffer.concat(
      parts.flatMap(({ gap, expected }) => [Buffer.alloc(gap), expected]),
    );
    const encoded = declared.encode(value);
    assert.equal(encoded.toHex(), expected.toString("hex"));
    assert.equal(declared.size, expected.length);
    assert.deepEqual(declared.decode(encoded), value);
  }));
});

Deno.test("reads and writes at any offset, and changes nothing around it", () => {
  fc.assert(fc.property(parts, unsigned(1), unsigned(1), (parts, before, after) => {
    const { declared, value } = declare(parts);
    const buffer = new Uint8Array(before + declared.size + after).fill(0xA5);
    declared.write(buffer, before, value);
    assert.deepEqual(declared.decode(buffer, before), value);
    assert.deepEqual(buffer.subarray(before, before + declared.size), declared.encode(value));
    const around = [...buffer.subarray(0, before), ...buffer.subarray(before + declared.size)];
    assert.ok(around.every((byte) => byte === 0xA5));
  }));
});

Deno.test("any buffer that is too short is refused, whatever it contains", () => {
  fc.assert(fc.property(parts, fc.uint8Array({ maxLength: 64 }), (parts, buffer) => {
    const { declared } = declare(parts);
    const fits = buffer.length >= declared.size;
    assert.equal(declared.tryDecode(buffer) !== undefined, fits);
    if (fits) declared.decode(buffer);
    else assert.throws(() => declared.decode(buffer), { kind: "protocol" });
  }));
});

Deno.test("decoded and encoded again, bytes are the same", () => {
  const Whole = struct("whole", {
    a: u24,
    b: i32be,
    c: bytes(3),
    d: array(u32be, 2),
    e: u64,
    f: i16,
  });
  fc.assert(
    fc.property(fc.uint8Array({ minLength: Whole.size, maxLength: Whole.size }), (buffer) => {
      assert.deepEqual(Whole.encode(Whole.decode(buffer)), buffer);
    }),
  );
});
