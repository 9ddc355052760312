import assert from "node:assert/strict";
import fc from "fast-check";
import { firstDifference, isFilledWith } from "./bytes.ts";

const fewBytes = fc.array(fc.constantFrom(0, 0xff), { maxLength: 6 }).map((all) =>
  Uint8Array.from(all)
);

Deno.test("the first difference is the one that a byte by byte comparison finds", () => {
  fc.assert(fc.property(fewBytes, fewBytes, (one, other) => {
    assert.equal(firstDifference(one, other), one.findIndex((byte, at) => byte !== other[at]));
  }));
});

Deno.test("bytes are filled with a value if each of them is the value", () => {
  fc.assert(fc.property(fewBytes, (bytes) => {
    assert.equal(isFilledWith(bytes, 0xff), bytes.every((byte) => byte === 0xff));
  }));
});
