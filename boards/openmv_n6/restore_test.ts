import assert from "node:assert/strict";
import type { SimulationOptions } from "../../core/family.ts";
import { partitionNamed } from "../../core/openmv_bootloader/partition.ts";
import { Trial } from "../../core/plan/trial.ts";
import { board, FLASH_BASE, partitions } from "./boards.ts";
import { SimulatedN6 } from "./camera.ts";
import { openmvN6 } from "./mod.ts";
import { sampleImages } from "./samples.ts";

function setUp(options: Partial<SimulationOptions> = {}) {
  const trial = new Trial([openmvN6]);
  const { clock, bus } = trial;
  const camera = new SimulatedN6({ clock, socket: bus.socket("1-1"), ...options });
  return { trial, camera, plan: openmvN6.plan("restore", board, sampleImages(), {}) };
}

function holdsAll(camera: SimulatedN6): boolean {
  return ["bootloader", "firmware", "romfs0"].every((role) => {
    const { bytes } = sampleImages().get(role)!;
    const at = partitionNamed(partitions, role.toUpperCase()).start - FLASH_BASE;
    const held = camera.memory("xspi").subarray(at, at + bytes.length);
    return held.every((byte, i) => byte === bytes[i]);
  });
}

for (const condition of ["bricked", "blank", "healthy"] as const) {
  Deno.test(`a ${condition} N6 is restored and flashed`, async () => {
    const { trial, camera, plan } = setUp({ condition });
    const result = await trial.clock.run(() => trial.run(plan, camera));
    assert.equal(result.error?.message, undefined);
    assert.equal(result.outcome, "proven");
    assert.ok(holdsAll(camera));
    assert.equal(camera.otpBurns, 0);
    console.log(trial.notes, trial.clock.now());
  });
}
