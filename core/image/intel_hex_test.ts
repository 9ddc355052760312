import fc from "fast-check";
import assert from "node:assert/strict";
import { UnbrickError } from "../common/errors.ts";
import { encodeIntelHex, parseIntelHex } from "./intel_hex.ts";

const parse = (text: string) => parseIntelHex(new TextEncoder().encode(text), "x.hex");
const end = ":00000001FF";

function refused(text: string): UnbrickError {
  try {
    parse(text);
  } catch (error) {
    assert.ok(error instanceof UnbrickError && error.kind === "bad-image", String(error));
    return error;
  }
  throw new assert.AssertionError({ message: `not refused: ${text}` });
}

Deno.test("parseIntelHex reads all record types", () => {
  const hex = parse([
    ":020000021000EC", // segment 0x1000: base 0x00010000
    ":0400000300003800C1", // CS:IP 0000:3800
    ":02000000AABB99",
    ":0200000408 00F2".replace(" ", ""), // linear 0x0800: base 0x08000000
    end,
  ].join("\r\n"));
  assert.deepEqual(hex, {
    address: 0x10000,
    bytes: Uint8Array.of(0xAA, 0xBB),
    startAddress: 0x3800,
  });
  const linear = parse(
    [":020000040800F2", ":0400000500000000F7", ":0400000508000141AD", ":0110000055 9A", end]
      .join("\n").replaceAll(" ", ""),
  );
  assert.equal(linear.address, 0x08001000);
  assert.equal(linear.startAddress, 0x08000141);
});

Deno.test("parseIntelHex fills gaps with 0xFF and accepts records in any order", () => {
  const hex = parse(`:0100030011EB\n:0100000022DD\n${end}\n`);
  assert.deepEqual(hex, { address: 0, bytes: Uint8Array.of(0x22, 0xFF, 0xFF, 0x11) });
});

Deno.test("parseIntelHex reads what encodeIntelHex writes", () => {
  fc.assert(fc.property(
    fc.integer({ min: 0, max: 0xFFFF_0000 }),
    fc.uint8Array({ minLength: 1, maxLength: 700 }),
    (address, bytes) => {
      const hex = parse(encodeIntelHex([{ address, bytes }]));
      assert.equal(hex.address, address);
      assert.deepEqual(hex.bytes, bytes);
    },
  ));
});

Deno.test("if any digit of a HEX file changes, the file is refused or no byte changes", () => {
  const bytes = Uint8Array.from({ length: 40 }, (_, i) => i * 37);
  const text = encodeIntelHex([{ address: 0x08000000, bytes }]);
  fc.assert(fc.property(
    fc.integer({ min: 0, max: text.length - 1 }),
    fc.constantFrom(..."0123456789ABCDEF:"),
    (at, letter) => {
      fc.pre(text[at] !== letter && text[at] !== "\n");
      refused(text.slice(0, at) + letter + text.slice(at + 1));
    },
  ));
});

Deno.test("a wrong checksum is refused with its line number and both values", () => {
  const error = refused(`:020000040800F2\n:0100000022DE\n${end}`);
  assert.match(error.message, /x\.hex .*line 2.*checksum is 0xDE and should be 0xDD/);
  assert.deepEqual([error.data.line, error.data.file], [2, "x.hex"]);
});

Deno.test("other errors in a HEX file are refused with the reason", () => {
  assert.match(refused(":0100000022DD").message, /truncated: the end-of-file record is missing/);
  assert.match(refused(`${end}\n:0100000022DD`).message, /line 2.*after the end-of-file record/);
  assert.match(refused(`hello\n${end}`).message, /line 1.*not an Intel HEX record/);
  assert.match(refused(`:0200000022DC\n${end}`).message, /claims to have 2 data bytes, but has 1/);
  assert.match(refused(`:00000006FA\n${end}`).message, /record type 0x06 is unknown/);
  assert.match(refused(`:0100000408F3\n${end}`).message, /type 0x04 must have 2 bytes/);
  assert.match(refused(end).message, /contains no data/);
  assert.match(
    refused(`:0100000022DD\n:0100000023DC\n${end}`).message,
    /defines address 0x00000000 twice/,
  );
});

Deno.test("an absurd span is refused without allocating it", () => {
  const far = encodeIntelHex([
    { address: 0x08000000, bytes: Uint8Array.of(1) },
    { address: 0x90000000, bytes: Uint8Array.of(2) },
  ]);
  const error = refused(far);
  assert.match(error.message, /separate parts .* between 0x08000001 and 0x90000000/);
  assert.equal(error.data.address, 0x08000001);
});

Deno.test("the first record may be at any address, and a gap begins a new segment", () => {
  for (const address of [0, 1, 0xFFFF]) {
    const hex = new TextEncoder().encode(encodeIntelHex([{ address, bytes: Uint8Array.of(7) }]));
    const found = parseIntelHex(hex, "x.hex");
    assert.deepEqual([found.address, [...found.bytes]], [address, [7]]);
  }
});
