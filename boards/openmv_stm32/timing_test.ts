import assert from "node:assert/strict";
import { partitionNamed } from "../../core/openmv_bootloader/partition.ts";
import { boards } from "./boards.ts";
import { readMs, writeMs } from "./timing.ts";

/** Erase times by sector: dfu-dfuse.md B7; sectors: F2. */
const cases: readonly [board: number, partition: string, length: number, eraseMs: number][] = [
  [0, "BOOTLOADER", 1, 250],
  [0, "BOOTLOADER", 16_384, 250],
  [0, "BOOTLOADER", 16_385, 500],
  [0, "FIRMWARE", 65_536, 550],
  [0, "FIRMWARE", 65_537, 1_550],
  [1, "BOOTLOADER", 32_768, 350],
  [1, "FIRMWARE", 131_072, 500],
  [1, "FIRMWARE", 131_073, 1_500],
  [2, "FIRMWARE", 131_072, 900],
  [2, "FIRMWARE", 131_073, 1_800],
  [3, "ROMFS0", 65_536, 200],
  [3, "ROMFS0", 65_537, 400],
];

Deno.test("a write takes the time to erase the sectors that it touches, to program, and to read twice", () => {
  for (const [index, name, length, eraseMs] of cases) {
    const { processor, partitions, id } = boards[index];
    const perByte = name === "ROMFS0" ? 0.5 / 256 : index === 2 ? 0.1 / 32 : 0.016 / 4;
    const expected = eraseMs + length * perByte + 2 * readMs(length);
    const found = writeMs(processor, partitionNamed(partitions, name), length);
    assert.ok(Math.abs(found - expected) < 0.001, `${id} ${name} ${length}: ${found}`);
  }
});
