import assert from "node:assert/strict";
import type { SimulationOptions } from "../../core/family/family.ts";
import type { RunOptions } from "../../core/plan/engine.ts";
import type { Step } from "../../core/plan/step.ts";
import { DfuRequest } from "../../core/protocols/dfu/packets/request.ts";
import { Trial } from "../../tests/support/plan/plan_rig.ts";
import { boards, type Stm32Board } from "./boards.ts";
import { SimulatedStm32Camera } from "./model.ts";
import { openmvStm32 } from "./mod.ts";
import { sampleImages } from "./samples.ts";

/** What ends a run before it writes, and what a run never takes for a success. */

const [, m7, h7] = boards;

function setUp(board: Stm32Board, options: Partial<SimulationOptions> = {}) {
  const trial = new Trial([openmvStm32]);
  const { clock, bus } = trial;
  const camera = new SimulatedStm32Camera(board, { clock, socket: bus.socket("1-1"), ...options });
  const run = (job: "restore" | "flash", more = {}, runOptions: Partial<RunOptions> = {}) =>
    trial.clock.run(() =>
      trial.run(openmvStm32.plan(job, board, sampleImages(board), more), camera, runOptions)
    );
  return { trial, camera, run };
}

Deno.test("a camera that never starts its firmware is no success", async () => {
  const { camera, run } = setUp(h7, { condition: "healthy", traps: { protocol: "silent" } });
  const firmware = sampleImages(h7).get("firmware")!.bytes;
  const wanted = camera.memories.get("flash")!;
  const read = wanted.read.bind(wanted);
  // It reads back what was written, and the core finds something else.
  const partition = camera.partition.bind(camera);
  camera.partition = (name, length) => {
    const bytes = partition(name, length);
    if (name === "FIRMWARE" && read(0x0804_0000, 4).every((byte, i) => byte === firmware[i])) {
      bytes.fill(0, 0, 8);
    }
    return bytes;
  };
  const { error } = await run("flash");
  assert.equal(error?.kind, "not-started");
});

Deno.test("the new bootloader reads itself back: a second proof", async () => {
  const { run } = setUp(h7);
  const { proofs } = await run("restore", { bootloaderOnly: true });
  const { sha256 } = sampleImages(h7).get("bootloader")!;
  assert.deepEqual(proofs.map((proof) => proof.sha256), [sha256, sha256]);
  assert.match(String(proofs[1].claim), /new bootloader is running/);
});

Deno.test("another bootloader that waits is not taken for the wanted one", async () => {
  const { camera, trial, run } = setUp(h7, { condition: "healthy", traps: { forced: true } });
  await trial.clock.run(async () => {
    await camera.perform({ id: "plug", text: "" });
    await trial.clock.sleep(500);
  });
  const { error } = await run("restore");
  assert.equal(error?.message, undefined);
  assert.ok(trial.changed.includes("bootloader"));
});

Deno.test("a chip that is still protected after its erase is no success", async () => {
  const { camera, run } = setUp(m7, { traps: { readProtection: "errVENDOR" } });
  Object.defineProperty(camera, "forbiddenOperations", { get: () => [] });
  const { error, outcome } = await run("restore", { allow: ["unlock-erases-all"] });
  assert.equal(error?.kind, "verify-failed");
  assert.notEqual(outcome, "proven");
});

Deno.test("after the ROM has crashed while it was read, everything is written without reading first", async () => {
  const { camera, trial, run } = setUp(h7);
  const flash = camera.memories.get("flash")!;
  const erases = flash.counters.erases;
  let crashes = 0;
  trial.bus.interpose({
    // Half-written words crash the ROM at every read, until they are erased.
    transfer({ model }, transfer, _signal, next) {
      const isRead = transfer.kind === "control" && transfer.setup.bmRequestType === 0xA1 &&
        transfer.setup.bRequest === DfuRequest.UPLOAD;
      if (!isRead || !("forbiddenOperations" in model) || flash.counters.erases > erases) {
        return next(transfer);
      }
      crashes++;
      trial.bus.socket("1-1").detach();
      return new Promise(() => {});
    },
  });
  const { error } = await run("restore", { bootloaderOnly: true });
  assert.equal(error?.message, undefined);
  assert.equal(crashes, 1);
  const { bytes } = sampleImages(h7).get("bootloader")!;
  assert.ok(flash.holds(0x0800_0000, bytes));
});

Deno.test("a bootloader that was caught is held, however long the next step takes", async () => {
  const { camera, trial } = setUp(m7, { condition: "healthy" });
  const plan = openmvStm32.plan("flash", m7, sampleImages(m7), {});
  const [caught, ...others] = plan.steps;
  // As while a person reads the question about another camera of a put-back.
  const pause: Step = {
    id: "pause",
    title: "Wait",
    weight: 1,
    effect: "none",
    run: ({ clock }) => clock.sleep(60_000),
  };
  const { error, outcome } = await trial.clock.run(() =>
    trial.run({ ...plan, steps: [caught, pause, ...others] }, camera)
  );
  assert.deepEqual([error?.message, outcome], [undefined, "proven"]);
});
