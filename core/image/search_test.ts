import assert from "node:assert/strict";
import { indexesOf, indexOf, startsWith } from "./search.ts";

const bytes = Uint8Array.of(1, 2, 1, 2, 1, 3);

Deno.test("a pattern is found at the first, the middle and the last place, or not at all", () => {
  assert.equal(indexOf(bytes, Uint8Array.of(1, 2)), 0);
  assert.equal(indexOf(bytes, Uint8Array.of(1, 2), 1), 2);
  assert.equal(indexOf(bytes, Uint8Array.of(1, 3)), 4);
  assert.equal(indexOf(bytes, Uint8Array.of(3, 1)), -1);
  assert.equal(indexOf(bytes, Uint8Array.of(1, 2), 3), -1);
  assert.equal(indexOf(bytes, "\x02\x01"), 1);
});

Deno.test("nothing is found everywhere, up to the end", () => {
  assert.equal(indexOf(bytes, ""), 0);
  assert.equal(indexOf(bytes, "", 6), 6);
  assert.equal(indexOf(bytes, "", 7), -1);
});

Deno.test("overlapping places are all found", () => {
  assert.deepEqual(indexesOf(bytes, Uint8Array.of(1, 2, 1)), [0, 2]);
  assert.deepEqual(indexesOf(bytes, Uint8Array.of(9)), []);
});

Deno.test("a beginning must fit as a whole", () => {
  assert.ok(startsWith(bytes, "\x01\x02"));
  assert.ok(!startsWith(bytes, "\x02"));
  assert.ok(startsWith(bytes, "\x01\x03", 4));
  assert.ok(!startsWith(bytes, "\x01\x03\x00", 4));
  assert.ok(!startsWith(bytes, "\x01\x04", 4));
});
