import assert from "node:assert/strict";
import fc from "fast-check";
import { isKind } from "./errors.ts";
import { FlashMemory } from "./flash_memory.ts";

const f427 = () =>
  new FlashMemory({
    base: 0x08000000,
    sectors: [
      { count: 4, size: 16_384, eraseMs: 250 },
      { count: 1, size: 65_536, eraseMs: 550 },
      { count: 7, size: 131_072, eraseMs: 1000 },
    ],
    unitMs: 0.016,
  });
const h743 = () =>
  new FlashMemory({
    base: 0x08000000,
    sectors: [{ count: 16, size: 131_072, eraseMs: 1000 }],
    rule: "word-once",
    unit: 32,
    unitMs: 0.1,
  });
const filled = (length: number, byte: number) => new Uint8Array(length).fill(byte);

Deno.test("the sector map gives addresses and sizes", () => {
  const flash = f427();
  assert.equal(flash.size, 1_048_576);
  assert.equal(flash.sectorAt(0x08003fff).index, 0);
  assert.equal(flash.sectorAt(0x08004000).index, 1);
  assert.equal(flash.sectorAt(0x08010000).size, 65_536);
  assert.equal(flash.sectorAt(0x080fffff).index, 11);
  assert.deepEqual(flash.sectorsIn(0x08003fff, 2).map((sector) => sector.index), [0, 1]);
  assert.throws(() => flash.sectorAt(0x08100000), (error) => isKind(error, "bug"));
});

Deno.test('the "and" rule only clears bits', () => {
  const flash = f427();
  assert.equal(flash.program(0x08000000, filled(8, 0x0f)).outcome, "done");
  assert.equal(flash.program(0x08000004, filled(4, 0xf1)).outcome, "done");
  assert.deepEqual([...flash.read(0x08000000, 8)], [15, 15, 15, 15, 1, 1, 1, 1]);
});

Deno.test("erase makes whole sectors blank, returns the time, and does not change neighbours", () => {
  const flash = f427();
  flash.load(0x08003ffc, filled(8, 0));
  const result = flash.erase(0x08003ffe);
  assert.deepEqual(result, { outcome: "done", busyMs: 250 });
  assert.ok(flash.isBlank(0x08003ffc, 4));
  assert.deepEqual([...flash.read(0x08004000, 4)], [0, 0, 0, 0]);
  assert.equal(flash.busyMs, 250);
  assert.equal(flash.sectorAt(0x08000000).erases, 1);
  assert.equal(flash.program(0x08000000, filled(2048, 0)).busyMs.toFixed(3), "8.192");
});

Deno.test("a write-protected sector ignores erase and program", () => {
  const flash = f427();
  flash.load(0x08004000, filled(4, 0x55));
  flash.protect(0x08004000, 1);
  assert.deepEqual(flash.erase(0x08004000), { outcome: "protected", busyMs: 0 });
  assert.equal(flash.program(0x08004000, filled(4, 0)).outcome, "protected");
  assert.deepEqual([...flash.read(0x08004000, 4)], [0x55, 0x55, 0x55, 0x55]);
  assert.equal(flash.counters.erases, 0);
});

Deno.test("an H7 flash word can be programmed once, except same data, zeros and FF", () => {
  const flash = h743();
  assert.equal(flash.program(0x08000000, filled(32, 0x5a)).outcome, "done");
  assert.equal(flash.program(0x08000000, filled(32, 0x5a)).outcome, "done");
  assert.equal(flash.program(0x08000000, filled(32, 0xff)).outcome, "done");
  const second = flash.program(0x08000000, filled(32, 0x0a));
  assert.deepEqual(second, { outcome: "failed", busyMs: 0, failedAt: 0x08000000 });
  assert.deepEqual(flash.read(0x08000000, 32), filled(32, 0x5a));
  assert.equal(flash.program(0x08000000, filled(32, 0)).outcome, "done");
  assert.deepEqual(flash.read(0x08000000, 32), filled(32, 0));
  assert.equal(flash.program(0x08000010, filled(16, 1)).outcome, "failed", "rest of a used word");
});

Deno.test("a blank-page memory refuses a used page", () => {
  const flash = new FlashMemory({
    base: 0,
    sectors: [{ count: 8192, size: 4096 }],
    rule: "blank-page",
    unit: 256,
  });
  assert.equal(flash.size, 33_554_432);
  assert.equal(flash.program(0x100, filled(16, 0)).outcome, "done");
  assert.equal(flash.program(0x110, filled(16, 0)).outcome, "failed");
  assert.equal(flash.program(0x200, filled(16, 0)).outcome, "done");
});

Deno.test("an overwrite memory accepts any data", () => {
  const ram = new FlashMemory({ base: 0, sectors: [{ count: 1, size: 64 }], rule: "overwrite" });
  ram.program(0, filled(4, 0));
  ram.program(0, filled(4, 7));
  assert.deepEqual([...ram.read(0, 4)], [7, 7, 7, 7]);
});

Deno.test("a power loss leaves part of the data", () => {
  const flash = f427();
  flash.load(0x08000000, filled(16_384, 0));
  flash.erase(0x08000000, 1, 0.5);
  assert.ok(flash.isBlank(0x08000000, 8192));
  assert.deepEqual(flash.read(0x08002000, 8192), filled(8192, 0));
  flash.erase(0x08000000);
  flash.program(0x08000000, filled(16, 1), 0.5);
  assert.deepEqual([...flash.read(0x08000006, 4)], [1, 1, 255, 255]);
});

Deno.test("reads what was loaded, across chunks and sectors", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 1_048_575 }),
      fc.uint8Array({ minLength: 1, maxLength: 200 }),
      (offset, data) => {
        const flash = f427();
        const address = Math.min(0x08000000 + offset, 0x08100000 - data.length);
        flash.program(address, data);
        assert.deepEqual(flash.read(address, data.length), data);
        const around = flash.read(0x08000000, flash.size);
        assert.equal(
          around.filter((byte) => byte !== 0xff).length,
          data.filter((byte) => byte !== 0xff).length,
        );
      },
    ),
    { numRuns: 25 },
  );
});
