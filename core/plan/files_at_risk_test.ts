import assert from "node:assert/strict";
import type { Board, Job } from "../family/board.ts";
import type { Plan } from "../family/family.ts";
import { filesAtRisk, savedBefore } from "./files_at_risk.ts";
import type { Target } from "./step.ts";

const regions: Board["regions"] = [
  { name: "bootloader", address: 0, size: 16, role: "bootloader" },
  { name: "files", address: 16, size: 16, isFilesystem: true },
  { name: "firmware", address: 32, size: 16, role: "firmware" },
  { name: "ROMFS", address: 48, size: 16, role: "romfs" },
  { name: "second ROMFS", address: 64, size: 16, role: "romfs1" },
  { name: "more files", address: 0x1000, size: 16, isFilesystem: true },
];
const board = { id: "toy", regions } as Board;
const at = (...addresses: number[]) => addresses.map((address) => ({ address }) as Target);

Deno.test("a restore or flash of anything but ROMFS may lose every file system", () => {
  const risk = (job: Job, changes: readonly Target[], of = board) =>
    filesAtRisk({ job, board: of } as Plan, changes);
  const both = ["files", "more files"];
  for (const job of ["restore", "flash"] as const) {
    assert.deepEqual(risk(job, at(32)), both);
    assert.deepEqual(risk(job, at(48, 0)), both);
    assert.deepEqual(risk(job, at(0x9000)), both, "what no region describes");
    assert.deepEqual(risk(job, at(48)), []);
    assert.deepEqual(risk(job, at(48, 64)), []);
    assert.deepEqual(risk(job, []), []);
    assert.deepEqual(risk(job, at(32), { id: "bare" } as Board), []);
  }
  for (const job of ["put-back", "verify", "read", "backup", "check", "look"] as const) {
    assert.deepEqual(risk(job, at(32)), [], job);
  }
});

Deno.test("a backup's region stands for the board's regions that begin inside it", () => {
  const state = "later", reason = "The ROM hides it.";
  const backup = (address: number, size: number, more = {}) => ({
    file: "b.zip",
    regions: [{ name: "x", memory: "flash", address, size, state, ...more } as const],
  });
  assert.deepEqual(savedBefore(board, backup(16, 32)), [
    { region: "files", state },
    { region: "firmware", state },
  ]);
  assert.deepEqual(savedBefore(board, backup(15, 1)), []);
  assert.deepEqual(savedBefore(board, backup(16, 1, { reason })), [
    { region: "files", state, reason },
  ]);
  assert.deepEqual(savedBefore({ id: "bare" } as Board, backup(0, 64)), []);
});
