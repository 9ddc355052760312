import fc from "fast-check";
import assert from "node:assert/strict";
import { isKind } from "../common/errors.ts";
import { joinSegments, maximumGap, maximumSpan } from "./segments.ts";

const refused = (reason: RegExp, segments: Parameters<typeof joinSegments>[0]) =>
  assert.throws(
    () => joinSegments(segments, "x.hex"),
    (error) => isKind(error, "bad-image") && reason.test(error.message),
  );
const at = (address: number, length = 1) => ({ address, bytes: new Uint8Array(length).fill(7) });

Deno.test("joinSegments puts every byte at its address and 0xFF elsewhere", () => {
  const pieces = fc.array(
    fc.record({ gap: fc.nat(40), bytes: fc.uint8Array({ minLength: 1, maxLength: 40 }) }),
    { minLength: 1, maxLength: 8 },
  );
  fc.assert(fc.property(pieces, fc.nat(0xFFFF_0000), fc.boolean(), (pieces, base, reverse) => {
    const memory = new Map<number, number>();
    const segments = [];
    let next = base;
    for (const { gap, bytes } of pieces) {
      segments.push({ address: next + gap, bytes });
      bytes.forEach((byte, index) => memory.set(next + gap + index, byte));
      next += gap + bytes.length;
    }
    const joined = joinSegments(reverse ? segments.toReversed() : segments, "x.hex");
    assert.equal(joined.address, Math.min(...memory.keys()));
    assert.equal(joined.address + joined.bytes.length, next);
    joined.bytes.forEach((byte, index) =>
      assert.equal(byte, memory.get(joined.address + index) ?? 0xFF)
    );
  }));
});

Deno.test("joinSegments refuses overlaps, wide gaps and absurd spans", () => {
  refused(/contains no data/, [at(0, 0)]);
  refused(/defines address 0x00000001 twice/, [at(0, 2), at(1)]);
  assert.equal(joinSegments([at(0), at(1 + maximumGap)], "x").bytes.length, maximumGap + 2);
  refused(/separate parts/, [at(0), at(2 + maximumGap)]);
  refused(/32-bit/, [at(0xFFFF_FFFF, 2)]);
  const many = Array.from({ length: maximumSpan / 65_536 + 1 }, (_, index) => at(index * 65_536));
  refused(/spans 64 MiB/, many);
});
