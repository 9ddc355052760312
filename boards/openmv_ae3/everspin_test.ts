import assert from "node:assert/strict";
import { AeTrial } from "../../tests/support/boards/openmv_ae3_rig.ts";
import { isKind } from "../../core/common/errors.ts";
import type { SimulationOptions } from "../../core/family/family.ts";
import { everspinConsent } from "./consents.ts";

/** Special builds with Everspin memory beside the chip (openmv-runtime.md 6). */

const start = (traps: SimulationOptions["traps"]) => new AeTrial({ condition: "healthy", traps });
const withConsent = { allow: [everspinConsent.id] };
const lost = { memoryChip: "everspin-lost" } as const;

/** Wipes the ROMFS, so that it must be written. */
function wipeRomfs(run: AeTrial): void {
  run.camera.ospi.load(0x80_0000, new Uint8Array(4096));
}

Deno.test("if the memory accepts no data, the error says what may help", async () => {
  const run = start(lost);
  wipeRomfs(run);
  const { error } = await run.run("flash");
  assert.ok(isKind(error, "device-status"));
  assert.match(error.message, /Everspin memory.* --allow everspin-reset/);
});

Deno.test("with its consent the memory is reset, and the ROMFS is written and read back", async () => {
  for (const job of ["flash", "restore"] as const) {
    const run = start(lost);
    wipeRomfs(run);
    const { error, outcome, proofs } = await run.run(job, withConsent);
    assert.equal(error?.message, undefined);
    assert.equal(outcome, "proven");
    assert.deepEqual(run.trial.changed, ["reset-memory", "romfs0"]);
    assert.ok(proofs.some(({ claim }) => /reset the memory beside the chip/.test(String(claim))));
    assert.ok(run.isRestored);
    assert.ok(run.camera.partition("RWFS", 4096).every((byte) => byte === 0xFF));
  }
});

Deno.test("memory that works is not reset, whatever is allowed", async () => {
  const run = start({ memoryChip: "everspin" });
  const files = run.camera.partition("RWFS", 4096);
  const { outcome } = await run.run("flash", withConsent);
  assert.equal(outcome, "proven");
  assert.deepEqual(run.trial.changed, []);
  assert.deepEqual(run.camera.partition("RWFS", 4096), files);
});

Deno.test("an ordinary flash refuses the key and keeps its contents", async () => {
  const run = start({});
  wipeRomfs(run);
  const before = run.camera.memory("ospi");
  const { error, outcome } = await run.run("flash", withConsent);
  assert.ok(isKind(error, "device-status"));
  assert.match(error.message, /no Everspin memory.*unplug the camera/s);
  assert.notEqual(outcome, "proven");
  assert.deepEqual(run.camera.memory("ospi"), before);
});

Deno.test("without the consent the key is not sent", async () => {
  const run = start(lost);
  const { outcome } = await run.run("flash");
  assert.equal(outcome, "proven");
  assert.deepEqual(run.trial.changed, []);
});
