import assert from "node:assert/strict";
import { partitionNamed } from "../../core/openmv_bootloader/partition.ts";
import { partitions } from "./boards.ts";
import { DfuRequest } from "../../core/protocols/dfu/packets/request.ts";
import { StepContext } from "../../tests/support/boards/openmv_n6_rig.ts";

for (const damage of ["vectors", "body"] as const) {
  for (const job of ["flash", "restore"] as const) {
    Deno.test(`a camera that restarts every two seconds (${damage}) can be ${job}ed`, async () => {
      const context = new StepContext({ condition: "healthy", traps: { resetLoop: damage } });
      await context.clock.run(async () => {
        await context.camera.perform({ id: "plug", text: "" });
        await context.clock.sleep(5_000);
      });
      const result = await context.run(job);
      assert.equal(result.error?.message, undefined);
      assert.equal(result.outcome, "proven");
      assert.ok(context.holds("firmware") && context.holds("romfs0"));
      const said = damage === "vectors"
        ? /cannot start, so unbrick stops it/
        : /restarts every two seconds/;
      assert.ok(
        context.trial.notes.some((note) => said.test(note)),
        context.trial.notes.join("\n"),
      );
    });
  }
}

Deno.test("the loop is real: the camera appears and disappears every two seconds", async () => {
  const context = new StepContext({ condition: "healthy", traps: { resetLoop: "body" } });
  await context.clock.run(async () => {
    await context.camera.perform({ id: "plug", text: "" });
    const arrivals = new Set<number>();
    for (let second = 0; second < 10; second++) {
      await context.clock.sleep(1_000);
      const address = context.trial.bus.attachments[0]?.address;
      if (address) arrivals.add(address);
    }
    assert.ok(arrivals.size >= 4, `${arrivals.size} arrivals in ten seconds`);
  });
});

Deno.test("a firmware region that cannot be zeroed is reported", async () => {
  const context = new StepContext({ condition: "healthy", traps: { resetLoop: "vectors" } });
  context.camera.flash.protect(partitionNamed(partitions, "FIRMWARE").start, 1);
  const { error } = await context.run("flash");
  assert.equal(error?.kind, "device-status");
  assert.match(error.message, /errWRITE/);
});

/** Calls `act` at the first blocks that a host writes, each with its number from 1 on. */
function atBlock(context: StepContext, act: (block: number) => Promise<void> | void): void {
  let block = 0;
  context.trial.bus.interpose({
    transfer: async (_attachment, transfer, _signal, next) => {
      const isWrite = transfer.kind === "control" && transfer.setup.bmRequestType === 0x21 &&
        transfer.setup.bRequest === DfuRequest.DNLOAD && transfer.setup.wLength > 0;
      const reply = await next(transfer);
      if (isWrite) await act(++block);
      return reply;
    },
  });
}

/** A camera whose firmware cannot start, in its bootloader. */
async function parked(): Promise<StepContext> {
  const context = new StepContext({ condition: "healthy", traps: { resetLoop: "vectors" } });
  await context.clock.run(() => context.camera.perform({ id: "plug", text: "" }));
  return context;
}

const said = (context: StepContext, what: RegExp) =>
  context.trial.notes.filter((note) => what.test(note)).length;

Deno.test("a camera that leaves while it is stopped is stopped again, three times at most", async () => {
  for (const times of [1, 2, Infinity]) {
    const context = await parked();
    let blocks = 0;
    atBlock(context, (block) => {
      blocks = block;
      if (block <= times) context.camera.restart("firmware");
    });
    const { error, outcome } = await context.run("flash");
    if (times < Infinity) {
      assert.equal(error?.message, undefined);
      assert.equal(outcome, "proven");
      assert.ok(context.holds("firmware"));
    } else {
      assert.equal(error?.kind, "disconnected");
      assert.equal(blocks, 3);
      assert.equal(said(context, /during the work/), 0);
      assert.deepEqual(error!.data, { board: "openmv-n6", attempts: 3 });
      assert.match(error!.message, /keeps leaving its bootloader, even with its firmware erased/);
    }
  }
});

Deno.test("a camera that leaves within five seconds has not been stopped yet", async () => {
  for (const [ms, notStopped] of [[4_900, 1], [5_500, 0]] as const) {
    const context = await parked();
    atBlock(context, (block) => {
      if (block !== 1) return;
      context.clock.sleep(ms).then(() => context.camera.restart("firmware"));
    });
    const { outcome } = await context.run("flash");
    assert.equal(outcome, "proven");
    assert.equal(said(context, /did not stay in its bootloader/), notStopped, `${ms} ms`);
  }
});

Deno.test("a camera that leaves and does not come back is asked for by hand", async () => {
  const context = await parked();
  // The first block stops it; then it is unplugged while the firmware is written.
  atBlock(context, async (block) => {
    if (block === 3) await context.camera.perform({ id: "unplug", text: "" });
  });
  const before = context.clock.elapsed;
  const { outcome } = await context.run("flash");
  assert.equal(outcome, "proven");
  assert.ok(context.holds("firmware"));
  assert.equal(said(context, /left its bootloader during the work/), 1);
  assert.ok(context.trial.events.some(({ type }) => type === "hardware"));
  assert.ok(context.clock.elapsed - before > 10_000, "it was waited for first");
});
