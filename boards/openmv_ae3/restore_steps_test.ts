import assert from "node:assert/strict";
import type { JobOptions } from "../../core/family/family.ts";
import type { DetectedDevice } from "../../core/device/detected_device.ts";
import { nakError } from "../../core/protocols/alif_isp/client/nak_error.ts";
import { boardImages } from "../../core/image/board_images.ts";
import { UnbrickError } from "../../core/common/errors.ts";
import type { StepContext } from "../../core/plan/step_context.ts";
import { hidePartition } from "../../tests/support/boards/hidden_partition.ts";
import { AeTrial } from "../../tests/support/boards/openmv_ae3_rig.ts";
import { errorOf } from "../../tests/support/expected_error.ts";
import { ae3 } from "./boards.ts";
import { openmvAe3 } from "./mod.ts";
import { mramStep } from "./mram_step.ts";
import { sampleImages } from "./samples.ts";

/** When a restore asks the enclave, when it writes, and when it refuses. */

const sizes = { bootloader: 4_224, hp: 4_224, he: 4_224, romfs1: 128, romfs0: 128, bank: 128 };
const images = sampleImages({ sizes });

/** A camera with the right contents that was plugged in a moment ago, in its bootloader. */
async function plugged(): Promise<AeTrial> {
  const run = new AeTrial({ condition: "healthy", images });
  await run.trial.clock.run(async () => {
    await run.camera.perform({ id: "plug", text: "" });
    await run.trial.clock.sleep(700);
  });
  return run;
}

Deno.test("a camera in the right bootloader does not go through the enclave, unless asked to", async () => {
  for (const rewrite of [undefined, false, true]) {
    const run = await plugged();
    const options: JobOptions = { bootloaderOnly: true, ...(rewrite !== undefined && { rewrite }) };
    const { error, outcome } = await run.run("restore", options);
    assert.equal(error?.message, undefined);
    assert.equal(outcome, "proven");
    assert.equal(run.trial.skipped.includes("reach-enclave"), !rewrite);
    assert.equal(run.trial.events.some(({ type }) => type === "hardware"), rewrite === true);
  }
});

Deno.test("a bootloader with one wrong byte at its end goes through the enclave", async () => {
  const run = await plugged();
  run.camera.mram.load(0x8000_0000 + 4_223, Uint8Array.of(0xA5));
  const { outcome } = await run.run("restore", { bootloaderOnly: true });
  assert.equal(outcome, "proven");
  assert.deepEqual(run.trial.changed, ["bootloader"]);
});

Deno.test("a bootloader without a partition that the job writes is refused before anything is written", async () => {
  for (const job of ["flash", "restore"] as const) {
    const run = await plugged();
    run.camera.mram.load(0x8002_0100, new Uint8Array(64)); // so that there is something to write
    hidePartition(run.trial.bus, "HE");
    const { error } = await run.run(job);
    assert.equal(error?.kind, "wrong-board");
    assert.equal(error?.data.partition, "HE");
    assert.deepEqual(run.trial.changed, []);
  }
  const only = await plugged();
  hidePartition(only.trial.bus, "HE");
  assert.equal((await only.run("restore", { bootloaderOnly: true })).outcome, "proven");
});

Deno.test("a flash needs the firmware of both cores", () => {
  const plan = (...roles: string[]) => () => {
    const some = images.all.filter(({ role }) => !roles.includes(role));
    return openmvAe3.plan("flash", ae3, boardImages("some", some), {});
  };
  for (const role of ["firmware-hp", "firmware-he"]) {
    assert.throws(plan(role), { kind: "not-found" });
  }
  plan("romfs0", "romfs1", "bootloader", "toc")();
});

/** The end of the step's look at the memory, if reading ends with this error. */
async function looked(error: Error | undefined, restored?: unknown) {
  const [image] = images.all;
  const step = mramStep({ id: "bootloader", partition: "BOOT", region: "bootloader", image });
  const proof = { sha256: image.sha256, address: 0x8000_0000, bytes: image.bytes.length };
  const notes: string[] = [];
  const context = {
    learned: () => ({ restored }),
    note: (text: unknown) => notes.push(String(text)),
    readBack: () => error ? Promise.reject(error) : Promise.resolve({ proof: () => proof }),
  } as unknown as StepContext;
  return { proof, notes, done: () => step.isDone!(context), prove: () => step.prove!(context) };
}

Deno.test("memory that is right is not written; nothing is read of a camera that is restored already", async () => {
  const { proof, done, prove } = await looked(undefined);
  assert.equal(await done(), proof);
  assert.equal(await prove(), proof);
  const restored = { claim: "it is right" };
  assert.equal(await (await looked(new Error("it was read"), restored)).done(), restored);
});

Deno.test("memory that differs or must not be read is written; only the latter needs no proof here", async () => {
  const differs = await looked(new UnbrickError("verify-failed", "It differs."));
  assert.equal(await differs.done(), undefined);
  await errorOf(differs.prove() as Promise<unknown>, "verify-failed");
  // NOT_ALLOWED, ILLEGAL_ADDRESS, UNKNOWN_COMMAND, NOT_SUPPORTED (alif-isp.md B.4).
  for (const code of [0xF4, 0xED, 0xFC, 0xF9]) {
    const refused = await looked(nakError(code, "read"));
    assert.equal(await refused.done(), undefined);
    assert.equal(await refused.prove(), undefined);
    assert.match(refused.notes.join(), /does not allow reading the bootloader/);
  }
  for (const error of [nakError(0xFA, "read"), new UnbrickError("disconnected", "It left.")]) {
    const failed = await looked(error);
    await errorOf(failed.done() as Promise<unknown>, error.kind);
    await errorOf(failed.prove() as Promise<unknown>, error.kind);
    assert.deepEqual(failed.notes, []);
  }
});

Deno.test("only an adapter is asked which board it is; silence behind it is evidence against it", async () => {
  const { trial, camera } = new AeTrial({ condition: "bricked", images });
  const usb = (portPath: string) => ({
    usb: { portPath, descriptor: { idVendor: 0x0403, idProduct: 0x6015 } },
  });
  const identify = (mode: string, boardIds: readonly string[]) =>
    openmvAe3.identify!(
      {
        ...{ clock: trial.clock, usb: trial.ports.openBus(), serial: trial.serial },
        signal: new AbortController().signal,
      } as never,
      { mode, boardIds, seen: usb("1-1") } as unknown as DetectedDevice,
    );
  const boardIds = ["openmv-ae3"];
  assert.deepEqual(await identify("bootloader", boardIds), { boardIds, evidence: [] });
  await trial.clock.run(async () => {
    await camera.perform({ id: "plug", text: "" });
    await trial.clock.sleep(2_000);
    assert.deepEqual(await identify("rom", boardIds), { boardIds, evidence: [] });
    camera.line.interpose({ bytes: () => {} });
    const silent = await identify("rom", boardIds);
    assert.deepEqual(silent.boardIds, []);
    assert.deepEqual(silent.evidence.map(String), [
      "Nothing answers on the serial adapter on port 1-1.",
    ]);
  });
});
