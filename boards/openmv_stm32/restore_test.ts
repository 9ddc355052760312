import assert from "node:assert/strict";
import type { SimulationOptions } from "../../core/family.ts";
import { partitionNamed } from "../../core/openmv_bootloader/partition.ts";
import { Trial } from "../../core/plan/trial.ts";
import { boards, type Stm32Board } from "./boards.ts";
import { FLASH_BASE } from "./chips.ts";
import { SimulatedStm32Camera } from "./model.ts";
import { openmvStm32 } from "./mod.ts";
import { sampleImages } from "./samples.ts";

function setUp(board: Stm32Board, options: Partial<SimulationOptions> = {}) {
  const trial = new Trial([openmvStm32]);
  const { clock, bus } = trial;
  const camera = new SimulatedStm32Camera(board, { clock, socket: bus.socket("1-1"), ...options });
  return { trial, camera, images: sampleImages(board) };
}

function holdsAll(camera: SimulatedStm32Camera): boolean {
  const { board } = camera;
  return sampleImages(board).all.every(({ role, bytes }) => {
    const { memory, start } = partitionNamed(board.partitions, role.toUpperCase());
    const at = memory === "flash" ? start - FLASH_BASE : start;
    const held = camera.memory(memory).subarray(at, at + bytes.length);
    return held.every((byte, i) => byte === bytes[i]);
  });
}

for (const board of boards) {
  for (const condition of ["bricked", "blank", "healthy"] as const) {
    Deno.test(`a ${condition} ${board.name} is restored and flashed`, async () => {
      const { trial, camera, images } = setUp(board, { condition });
      const plan = openmvStm32.plan("restore", board, images, {});
      const result = await trial.clock.run(() => trial.run(plan, camera));
      assert.equal(result.error?.message, undefined);
      assert.equal(result.outcome, "proven");
      assert.ok(holdsAll(camera));
      assert.equal(trial.events.at(-1)?.type, "run-ended");
      const alive = result.proofs.filter(({ evidence }) => evidence === "alive");
      assert.equal(alive.length, 1);
    });
  }
}
