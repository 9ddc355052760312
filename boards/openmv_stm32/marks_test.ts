import assert from "node:assert/strict";
import { marksIn } from "./marks.ts";

/** USB ids in a program, and the boards that they name (openmv-boards.md 0.1, 1.1). */

const ids: readonly [productId: number, program: "bootloader" | "firmware", board: string][] = [
  [0x9202, "bootloader", "openmv-m4"],
  [0x9203, "bootloader", "openmv-m7"],
  [0x9204, "bootloader", "openmv-h7"],
  [0x924A, "bootloader", "openmv-h7-plus"],
  [0x9205, "bootloader", "openmv-pure-thermal"],
  [0x1202, "firmware", "openmv-m4"],
  [0x1203, "firmware", "openmv-m7"],
  [0x1204, "firmware", "openmv-h7"],
  [0x124A, "firmware", "openmv-h7-plus"],
  [0x1205, "firmware", "openmv-pure-thermal"],
  [0x9206, "bootloader", "OpenMV N6"],
  [0x96E3, "bootloader", "OpenMV AE3"],
  [0x9060, "bootloader", "OpenMV Cam RT1062"],
  [0x1206, "firmware", "OpenMV N6"],
  [0x16E3, "firmware", "OpenMV AE3"],
  [0x1060, "firmware", "OpenMV Cam RT1062"],
  [0x1299, "firmware", "board of another maker or series"],
];

Deno.test("a USB device descriptor names the board of a bootloader or firmware", () => {
  for (const [id, program, board] of ids) {
    const bytes = new Uint8Array(4096).fill(0x5A);
    bytes.set([18, 1, 0, 2, 0, 0, 0, 64, 0xC5, 0x37, id & 0xFF, id >> 8, 3, 1, 1, 2, 3, 1], 0x800);
    const marks = marksIn(bytes);
    const [{ offset, text, boardId, boardName }] = marks[program];
    assert.deepEqual([offset, String(text)], [0x800, `USB id 37c5:${id.toString(16)}`]);
    assert.equal(boardId ?? String(boardName), board);
    assert.equal(marks.bootloader.length + marks.firmware.length, 1);
  }
});
