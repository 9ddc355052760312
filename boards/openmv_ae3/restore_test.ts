import assert from "node:assert/strict";
import { sampleImages } from "./samples.ts";
import { AeTrial } from "./testing.ts";

const proven = (result: { outcome: string; error?: Error }) => {
  assert.equal(result.error?.message, undefined);
  assert.equal(result.outcome, "proven");
};

Deno.test("bootloader gone: bootloader and firmware are written, and all of it is proven", async () => {
  const run = new AeTrial();
  const result = await run.run("restore");
  proven(result);
  assert.ok(run.isRestored);
  assert.deepEqual(run.trial.touched, ["bootloader"]);
  assert.deepEqual(run.trial.skipped, [
    "recover-enclave",
    "system-package",
    "toc",
    "firmware-hp",
    "firmware-he",
    "romfs1",
    "romfs0",
  ]);
});
