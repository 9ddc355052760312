import assert from "node:assert/strict";
import { isFirmwareReset, isStackPointer, ram, regions } from "./memory_map.ts";

Deno.test("a stack may begin at the end of a memory, not at its start or behind it", () => {
  for (const { start, size } of Object.values(ram)) {
    assert.ok(isStackPointer(start + size));
    assert.ok(isStackPointer(start + 1));
    assert.ok(!isStackPointer(start));
    assert.ok(!isStackPointer(start + size + 1));
  }
  assert.ok(!isStackPointer(0xffff_ffff));
});

Deno.test("a reset vector is odd, from the first byte of the firmware to its last", () => {
  const { start, size } = regions.firmware;
  assert.ok(isFirmwareReset(start + 1));
  assert.ok(isFirmwareReset(start + size - 1));
  assert.ok(!isFirmwareReset(start));
  assert.ok(!isFirmwareReset(start - 1));
  assert.ok(!isFirmwareReset(start + size + 1));
});
