import assert from "node:assert/strict";
import type { DfuSeMemory } from "../../core/protocols/dfu/client/memory_access.ts";
import { readIdentity } from "./identify.ts";

/** Where a board's name or id is found in the flash of an H743 (openmv-boards.md 1.3). */

const FLASH = 0x0800_0000, SIZE = 0x20_0000, FIRMWARE = 0x0804_0000, PIECE = 16_384;
const shared = ["openmv-h7", "openmv-h7-plus", "openmv-pure-thermal"];
const name = (text: string) => new TextEncoder().encode(`${text}\0`);
const h7 = name("OMV4 H7 1024"), plus = name("OMV4P H7 32768 SDRAM");

async function identity(...contents: readonly [address: number, bytes: Uint8Array][]) {
  const flash = new Uint8Array(SIZE).fill(0xFF);
  for (const [address, bytes] of contents) flash.set(bytes, address - FLASH);
  const reads: number[] = [], progress: [number, number][] = [];
  const memory = {
    readRange: (address: number, length: number) => {
      reads.push(address);
      return Promise.resolve(flash.slice(address - FLASH, address - FLASH + length));
    },
  } as unknown as DfuSeMemory;
  const { boardIds, evidence } = await readIdentity(memory, shared, {
    signal: new AbortController().signal,
    onProgress: (done, total) => progress.push([done, total]),
  });
  return { boardIds, evidence: evidence.join(), reads, progress };
}

/** A program that fills a piece, so that it is not taken for a blank one. */
const code = (pieces = 1) => new Uint8Array(pieces * PIECE).fill(0x5A);

Deno.test("a name is found where it is, also across two pieces, and its address is told", async () => {
  for (const at of [0, 0x900, PIECE - 5, PIECE, 3 * PIECE - 1]) {
    const where = FIRMWARE + at;
    const { boardIds, evidence } = await identity([FIRMWARE, code(4)], [where, plus]);
    assert.deepEqual(boardIds, ["openmv-h7-plus"], at.toString(16));
    assert.match(evidence, new RegExp(`firmware .* at 0x0${where.toString(16)}`, "i"));
  }
});

Deno.test("the firmware counts before the bootloader, and the first name in it", async () => {
  const both = await identity([FIRMWARE, code(2)], [FIRMWARE + 0x900, h7], [
    FIRMWARE + 0x5000,
    plus,
  ]);
  assert.deepEqual(both.boardIds, ["openmv-h7"]);
  // USB descriptor of an H7 Plus's bootloader, 37c5:924a (openmv-boards.md 1.1).
  const descriptor = [18, 1, 0, 2, 0, 0, 0, 64, 0xC5, 0x37, 0x4A, 0x92, 3, 1, 1, 2, 3, 1];
  const ids: [number, Uint8Array][] = [[FLASH, code()], [
    FLASH + 0x800,
    Uint8Array.from(descriptor),
  ]];
  const alone = await identity(...ids);
  assert.deepEqual(alone.boardIds, ["openmv-h7-plus"]);
  assert.match(alone.evidence, /bootloader .* at 0x08000800/);
  const firmware = await identity(...ids, [FIRMWARE, code()], [FIRMWARE + 0x900, h7]);
  assert.deepEqual(firmware.boardIds, ["openmv-h7"]);
});

Deno.test("a blank flash is looked at once in each piece, and names no board", async () => {
  const { boardIds, evidence, reads, progress } = await identity();
  assert.deepEqual(boardIds, shared);
  assert.match(evidence, /Nothing in the flash/);
  assert.equal(reads.length, SIZE / PIECE);
  assert.deepEqual(new Set(reads).size, reads.length);
  assert.deepEqual(progress[0], [PIECE, SIZE]);
  assert.deepEqual(progress.at(-1), [SIZE, SIZE]);
});

Deno.test("a board of another maker fits none of them", async () => {
  const { boardIds } = await identity([FIRMWARE, code()], [
    FIRMWARE + 0x900,
    name("PORTENTA H7 8192 SDRAM"),
  ]);
  assert.deepEqual(boardIds, []);
});
