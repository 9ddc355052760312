import assert from "node:assert/strict";
import { encodePhase, NO_ADDRESS, parsePhase } from "./phase.ts";

Deno.test("the record of OpenBootloader: 9 bytes count, the rest is old data", () => {
  const answer = new Uint8Array(512).fill(1);
  answer.set([0x04, 0x00, 0x00, 0x01, 0x70, 0, 0, 0, 0]);
  assert.deepEqual(parsePhase(answer, 512), { phase: 4, address: 0x7001_0000, offset: 0 });
  answer.set([0, 0x00, 0xFC, 0x1F, 0x34]);
  assert.deepEqual(parsePhase(answer, 512), { phase: 0, address: 0x341F_FC00, offset: 0 });
});

Deno.test("a short answer contains the detach byte or the error text", () => {
  const detach = { phase: 0, address: NO_ADDRESS, offset: 0, detach: true };
  assert.deepEqual([...encodePhase(detach)], [0, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0, 1]);
  assert.deepEqual(parsePhase(encodePhase(detach), 512), detach);
  const failed = { phase: 0xFF, address: NO_ADDRESS, offset: 0, errorText: "no FSBL" };
  assert.deepEqual(parsePhase(encodePhase(failed), 512), failed);
  const plain = { phase: 1, address: NO_ADDRESS, offset: 0 };
  assert.equal(encodePhase(plain).length, 9);
  assert.deepEqual(parsePhase(encodePhase(plain), 512), plain);
});

Deno.test("fewer than 9 bytes are not a record", () => {
  assert.throws(() => parsePhase(new Uint8Array(8), 512), /needs 9 bytes, but has only 8/);
});
