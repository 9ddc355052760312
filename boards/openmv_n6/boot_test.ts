import assert from "node:assert/strict";
import { FlashMemory } from "../../core/common/flash_memory.ts";
import { VectorTable } from "../../core/common/vector_table.ts";
import { runnableBootloader, runnableFirmware } from "./condition.ts";
import { sampleImages } from "./samples.ts";
import { startsProgram } from "./validate.ts";

/** Which programs the N6 starts. */

const FIRMWARE = 0x7008_0000, LENGTH = 0x1000;

// RAM from 0x20000000 to 0x3FFFFFFF (inferred); the Thumb bit; inside the program.
const tables: readonly [stack: number, reset: number, starts: boolean][] = [
  [0x3400_1000, FIRMWARE + 0x401, true],
  [0x2000_0000, FIRMWARE + 0x401, true],
  [0x1FFF_FFFC, FIRMWARE + 0x401, false],
  [0x4000_0000, FIRMWARE + 0x401, true],
  [0x4000_0004, FIRMWARE + 0x401, false],
  [0x3400_1002, FIRMWARE + 0x401, false],
  [0x3400_1000, FIRMWARE + 0x400, false],
  [0x3400_1000, FIRMWARE + 1, true],
  [0x3400_1000, FIRMWARE - 1, false],
  [0x3400_1000, FIRMWARE + LENGTH - 1, true],
  [0x3400_1000, FIRMWARE + LENGTH + 1, false],
  [0, 0, false],
  [0xFFFF_FFFF, 0xFFFF_FFFF, false],
];

Deno.test("a program starts with a stack in RAM and an odd vector inside it", () => {
  for (const [initialStackPointer, resetVector, starts] of tables) {
    const bytes = new Uint8Array(8);
    VectorTable.write(bytes, 0, { initialStackPointer, resetVector });
    const what = `${initialStackPointer.toString(16)} ${resetVector.toString(16)}`;
    assert.equal(startsProgram(bytes, FIRMWARE, LENGTH), starts, what);
  }
  assert.equal(startsProgram(new Uint8Array(7), FIRMWARE, LENGTH), false);
});

const bytesOf = (role: string) => Uint8Array.from(sampleImages().get(role)!.bytes);

Deno.test("the ROM starts a whole image that has the bootloader's USB id", () => {
  const image = bytesOf("bootloader");
  const region = new Uint8Array(0x8_0000).fill(0xFF);
  region.set(image);
  assert.deepEqual(runnableBootloader(region), image);
  for (const at of [0, 0x450, image.length - 1]) {
    const damaged = Uint8Array.from(region);
    damaged[at] ^= 1;
    assert.equal(runnableBootloader(damaged), undefined, at.toString(16));
  }
  assert.equal(runnableBootloader(bytesOf("fsbl")), undefined, "another program");
  assert.equal(runnableBootloader(new Uint8Array(0x8_0000).fill(0xFF)), undefined);
});

function flashWith(bytes: Uint8Array): FlashMemory {
  const flash = new FlashMemory({
    base: 0x7000_0000,
    sectors: [{ count: 512, size: 0x1_0000 }],
  });
  flash.load(FIRMWARE, bytes);
  return flash;
}

Deno.test("a damaged copy of a known firmware does not start, another program does", () => {
  const firmware = bytesOf("firmware");
  assert.equal(runnableFirmware(flashWith(firmware)), true);
  for (const at of [0x2000, firmware.length - 1]) {
    const damaged = Uint8Array.from(firmware);
    damaged[at] ^= 1;
    assert.equal(runnableFirmware(flashWith(damaged)), false);
    assert.equal(runnableFirmware(flashWith(damaged), undefined, true), true, "startsDamaged");
    damaged[0x300] ^= 1; // not the copy of a known one
    assert.equal(runnableFirmware(flashWith(damaged)), true);
  }
  assert.equal(runnableFirmware(flashWith(new Uint8Array(8))), false);
  assert.equal(runnableFirmware(flashWith(new Uint8Array(8)), undefined, true), false);
});

Deno.test("a firmware that the job writes is known, too", () => {
  const images = sampleImages();
  const other = Uint8Array.from(images.get("firmware")!.bytes);
  other[0x300] ^= 1;
  const given = { ...images.get("firmware")!, bytes: Uint8Array.from(other) };
  const set = { ...images, all: [given] };
  other[0x2000] ^= 1;
  assert.equal(runnableFirmware(flashWith(given.bytes), set), true);
  assert.equal(runnableFirmware(flashWith(other), set), false);
});

Deno.test("only a firmware counts as known, whatever else a set contains", () => {
  const images = sampleImages();
  const firmware = bytesOf("firmware");
  firmware[0x300] ^= 1; // not the copy of a known one
  const other = { ...images.get("romfs0")!, bytes: firmware };
  const set = { ...images, all: [other] };
  assert.equal(runnableFirmware(flashWith(firmware.with(0x2000, firmware[0x2000] ^ 1)), set), true);
});
