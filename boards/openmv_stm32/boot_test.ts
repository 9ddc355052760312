import assert from "node:assert/strict";
import { VectorTable } from "../../core/common/vector_table.ts";
import { boards } from "./boards.ts";
import { runnableBootloader, runnableFirmware } from "./boot.ts";
import { knownPrograms } from "./condition.ts";
import { sampleImages } from "./samples.ts";

/** What the simulated chip starts: a program with possible vectors, for this board, undamaged. */

const [m4, m7, h7, h7Plus] = boards;
const bytesOf = (role: string, board = h7) => Uint8Array.from(sampleImages(board).get(role)!.bytes);

function withVectors(bytes: Uint8Array, words: Partial<VectorTable>): Uint8Array {
  const changed = Uint8Array.from(bytes);
  VectorTable.write(changed, 0, { ...VectorTable.decode(bytes), ...words });
  return changed;
}

function damaged(bytes: Uint8Array, at: number): Uint8Array {
  const changed = Uint8Array.from(bytes);
  changed[at] ^= 1;
  return changed;
}

// The stack of the H7's bootloader is in its DTCM, that of a firmware in any RAM (dfu-dfuse.md E3).
const stacks: readonly [number, boolean, boolean][] = [
  [0x2000_0000, false, false],
  [0x2000_0004, true, true],
  [0x2002_0000, true, true],
  [0x2002_0004, false, false],
  [0x2400_0000, false, false],
  [0x2408_0000, false, true],
  [0x3004_8000, false, true],
  [0x3801_0000, false, true],
  [0x3801_0004, false, false],
  [0x1001_0000, false, false],
];

Deno.test("a program starts only with its stack in the chip's RAM", () => {
  for (const [initialStackPointer, bootloader, firmware] of stacks) {
    const words = { initialStackPointer };
    const boot = withVectors(bytesOf("bootloader"), words);
    const main = withVectors(bytesOf("firmware"), words);
    const where = initialStackPointer.toString(16);
    assert.equal(runnableBootloader(boot, h7, []) !== undefined, bootloader, where);
    assert.equal(runnableFirmware(main, h7, []) !== undefined, firmware, where);
  }
});

Deno.test("a program starts only with an odd reset vector inside it", () => {
  for (const [role, start] of [["bootloader", 0x0800_0000], ["firmware", 0x0804_0000]] as const) {
    const bytes = bytesOf(role);
    const runs = (resetVector: number) => {
      const changed = withVectors(bytes, { resetVector });
      return role === "bootloader"
        ? runnableBootloader(changed, h7, []) !== undefined
        : runnableFirmware(changed, h7, []) !== undefined;
    };
    const end = start + bytes.length; // even
    const vectors = [start + 1, end - 1, start, start - 1, end + 1].map(runs);
    assert.deepEqual(vectors, [true, true, false, false, false], role);
  }
});

Deno.test("the bootloader's USB id decides which board it shows, on a chip of the same kind only", () => {
  assert.equal(runnableBootloader(bytesOf("bootloader"), h7, [])?.board.id, "openmv-h7");
  assert.equal(
    runnableBootloader(bytesOf("bootloader", h7Plus), h7, [])?.board.id,
    "openmv-h7-plus",
  );
  for (const [one, other] of [[m4, h7], [m7, h7], [h7, m7]]) {
    assert.equal(runnableBootloader(bytesOf("bootloader", one), other, []), undefined);
  }
  const nameless = bytesOf("bootloader").fill(0xA5, 0x800, 0x960);
  assert.equal(runnableBootloader(nameless, h7, []), undefined);
});

Deno.test("a firmware runs only on the board that it names", () => {
  assert.equal(runnableFirmware(bytesOf("firmware"), h7, []), 0x1204);
  assert.equal(runnableFirmware(bytesOf("firmware", h7Plus), h7, []), undefined);
  assert.equal(runnableFirmware(bytesOf("firmware", h7Plus), h7Plus, []), 0x124A);
  assert.equal(
    runnableFirmware(bytesOf("firmware").fill(0xA5, 0x800, 0x960), h7, []),
    undefined,
  );
});

Deno.test("the bootloader shows its version, 1.0.3 as 0103, and 0200 without a header", () => {
  const bytes = bytesOf("bootloader");
  assert.equal(runnableBootloader(bytes, h7, [])?.bcdDevice, 0x0103);
  assert.equal(runnableBootloader(bytes.fill(0xA5, 0x1000, 0x1020), h7, [])?.bcdDevice, 0x0200);
});

Deno.test("a damaged copy of a known program does not start, another program does", () => {
  const known = knownPrograms(h7);
  for (const board of [h7, h7Plus]) {
    assert.ok(known.some((one) => one.length === bytesOf("firmware", board).length));
  }
  const bootloader = bytesOf("bootloader"), firmware = bytesOf("firmware");
  for (const at of [0x2000, bootloader.length - 1]) {
    assert.equal(runnableBootloader(damaged(bootloader, at), h7, known), undefined);
    assert.equal(runnableFirmware(damaged(firmware, at), h7, known), undefined);
    assert.ok(runnableBootloader(damaged(bootloader, at), h7, []));
  }
  assert.equal(runnableFirmware(firmware, h7, known), 0x1204);
  // It differs from every known one in its first kilobyte, so that it is another program.
  const other = damaged(damaged(firmware, 0x300), 0x2000);
  assert.equal(runnableFirmware(other, h7, known), 0x1204);
});
