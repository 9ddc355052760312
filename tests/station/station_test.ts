import assert from "node:assert/strict";
import { families } from "../support/boards/families.ts";
import { boardByName } from "../../core/cli/devices/board_names.ts";
import { UnbrickError } from "../../core/common/errors.ts";
import type { Step } from "../../core/plan/step.ts";
import { FaultInjector } from "../support/transport/usb_fault_injector.ts";
import { MemoryBus } from "../../core/transport/usb/memory.ts";
import { StationRig } from "./rig.ts";

const ports = Array.from({ length: 8 }, (_, at) => `1-${at + 1}`);

/** Checks that the first bytes of a camera's flash equal the image. */
function assertHolds(context: StationRig, port: string, memory: Uint8Array, base = 0): void {
  const { bytes } = context.images.get("bootloader")!;
  assert.deepEqual(memory.subarray(base, base + bytes.length), bytes, port);
}

Deno.test("eight cameras at once, two of them with faults: six are proven, and none gets another's bytes", async () => {
  const context = new StationRig("openmv-h7");
  const cameras = ports.map((port) => context.camera(port));
  // The flash of the third camera loses one block: the read-back differs from the image.
  let written = 0;
  context.bus.interpose({
    async transfer(attachment, transfer, _signal, next) {
      const isBlock = attachment.portPath === "1-3" && transfer.kind === "control" &&
        transfer.setup.bRequest === 1 && transfer.setup.wLength > 100;
      if (!isBlock || ++written % 7 !== 0) return await next(transfer);
      return await next({ ...transfer, data: transfer.data!.map((byte) => byte ^ 1) } as never);
    },
  });
  const result = await context.run(async () => {
    // The fifth camera is unplugged in the middle of a write and never returns.
    const pulled = context.until((event) =>
      "port" in event && event.port === "1-5" && event.type === "changing"
    ).then(() => context.clock.sleep(300)).then(() => context.unplug(cameras[4]));
    await Promise.all(cameras.map((camera) => context.recover(camera)));
    await pulled;
  }, { count: 8 });
  assert.deepEqual(result.totals, { started: 8, proven: 6, failed: 2, skipped: 0 });
  assert.equal(result.endedBy, "count");
  assert.ok(result.exitCode === 15 || result.exitCode === 7, String(result.exitCode));
  for (const [at, port] of ports.entries()) {
    const [ending, ...more] = context.endings(port);
    assert.equal(more.length, 0);
    if (port === "1-3") {
      assert.equal(ending.error?.kind, "verify-failed", String(ending.error?.message));
    } else if (port === "1-5") assert.equal(ending.error?.kind, "disconnected");
    else {
      assert.equal(ending.outcome, "proven", `${port}: ${ending.error?.message}`);
      assertHolds(context, port, cameras[at].memory("flash"));
    }
  }
  // Each event of a run names only the serial number of its own port's camera.
  const serials = new Map<string, Set<string>>();
  for (const event of context.events) {
    if (!("port" in event) || event.type !== "connected" || event.detected.mode !== "bootloader") {
      continue;
    }
    assert.equal(event.detected.port, event.port);
    serials.set(event.port, (serials.get(event.port) ?? new Set()).add(event.detected.serial!));
  }
  assert.equal(new Set([...serials.values()].flatMap((set) => [...set])).size, serials.size);
});

for (
  const { board, allow } of [
    { board: "openmv-rt1062", allow: ["boot-source"] },
    { board: "openmv-n6", allow: [] },
    { board: "openmv-ae3", allow: [] },
    { board: "openmv-m7", allow: [] },
  ]
) {
  Deno.test(`${board}: two cameras that connect in the same millisecond keep their lines through all their ids`, async () => {
    const context = new StationRig(board);
    const cameras = ["1-1", "1-2"].map((port) => context.camera(port));
    const { totals, exitCode } = await context.run(async () => {
      await Promise.all(cameras.map((camera) => context.recover(camera)));
    }, { count: 2, allow });
    const errors = ["1-1", "1-2"].flatMap((port) =>
      context.endings(port).map(({ error }) => error?.message)
    );
    assert.deepEqual(totals, { started: 2, proven: 2, failed: 0, skipped: 0 }, errors.join("; "));
    assert.equal(exitCode, 0);
    for (const event of context.events) {
      if ("port" in event && event.type === "connected") {
        assert.equal(event.detected.port, event.port);
      }
    }
  });
}

Deno.test("one job for each connection: a camera that stays connected gets no second job, a replugged one does", async () => {
  const context = new StationRig("openmv-h7", "verify");
  const camera = context.camera("1-4", { condition: "healthy" });
  const { totals, endedBy, exitCode } = await context.run(async () => {
    await Promise.all([context.line("1-4", "finished"), context.plug(camera)]);
    await context.clock.sleep(60_000);
    assert.equal(context.endings("1-4").length, 1);
    await context.unplug(camera);
    await context.line("1-4", "waiting");
    await Promise.all([context.line("1-4", "finished"), context.plug(camera)]);
    await context.clock.sleep(10_000);
    context.stop();
  });
  assert.deepEqual(totals, { started: 2, proven: 2, failed: 0, skipped: 0 });
  assert.equal(endedBy, "stop");
  assert.equal(exitCode, 130);
});

Deno.test("after a failure, the next connection starts the next attempt", async () => {
  const context = new StationRig("openmv-m4");
  const camera = context.camera("1-1");
  const injector = new FaultInjector(context.bus.socket("1-1"), [
    { at: 60, fault: { kind: "unplug" } },
  ]);
  context.bus.interpose(injector);
  const { totals } = await context.run(async () => {
    await Promise.all([context.line("1-1", "failed"), context.recover(camera)]);
    await context.unplug(camera);
    await context.line("1-1", "waiting");
    await context.recover(camera);
  }, { count: 2 });
  assert.deepEqual(totals, { started: 2, proven: 1, failed: 1, skipped: 0 });
  assertHolds(context, "1-1", camera.memory("flash"));
});

Deno.test("a wrong board is reported on its line and not changed", async () => {
  const context = new StationRig("openmv-h7");
  const stranger = context.camera(
    "1-1",
    { condition: "healthy" },
    boardByName("openmv-rt1062", families),
  );
  const before = stranger.memory("flash");
  const right = context.camera("1-2");
  const { totals, exitCode } = await context.run(async () => {
    await Promise.all([context.line("1-1", "skipped"), context.plug(stranger)]);
    await context.recover(right);
  }, { count: 1 });
  assert.deepEqual([totals.started, totals.proven, totals.skipped > 0], [1, 1, true]);
  assert.equal(exitCode, 0);
  assert.deepEqual(context.endings("1-1"), []);
  assert.deepEqual(stranger.memory("flash"), before);
});

Deno.test("a camera that moves to another port during its run: the old line fails, the new one starts a run", async () => {
  const context = new StationRig("openmv-n6");
  const camera = context.camera("1-1");
  const { totals } = await context.run(async () => {
    await Promise.all([
      context.until((event) => "port" in event && event.type === "changing"),
      context.recover(camera),
    ]);
    await context.unplug(camera);
    const other = context.camera("1-2");
    await context.line("1-1", "failed");
    await context.recover(other);
  }, { count: 2 });
  assert.deepEqual([totals.started, totals.proven, totals.failed], [2, 1, 1]);
  assert.equal(context.endings("1-2")[0].outcome, "proven");
});

Deno.test("--port: other ports are not used", async () => {
  const context = new StationRig("openmv-h7");
  const [one, two] = ["1-1", "1-2"].map((port) => context.camera(port));
  const before = two.memory("flash");
  await context.run(async () => {
    await context.recover(two);
    await context.recover(one);
  }, { count: 1, port: "1-1" });
  assert.deepEqual(context.states("1-2"), []);
  assert.deepEqual(two.memory("flash"), before);
});

Deno.test("--count 1 and two cameras in the same millisecond: only one run", async () => {
  const context = new StationRig("openmv-m4");
  const cameras = ["1-1", "1-2"].map((port) => context.camera(port));
  const { totals } = await context.run(async () => {
    await Promise.all(cameras.map((camera) => context.recover(camera)));
  }, { count: 1 });
  assert.deepEqual([totals.started, totals.proven], [1, 1]);
});

Deno.test("a defect in one run counts as that camera's failure, and the station ends normally", async () => {
  const context = new StationRig("openmv-m4");
  const { family, board } = context.known;
  const cameras = ["1-1", "1-2"].map((port) => context.camera(port));
  let runs = 0;
  const defect: Step = {
    id: "defect",
    title: "Fail once",
    weight: 1,
    effect: "none",
    run: () => runs++ === 0 ? Promise.reject(new Error("a defect")) : Promise.resolve(),
  };
  const plan = family.plan("restore", board, context.images, { allow: [] });
  const { totals, exitCode } = await context.run(async () => {
    await Promise.all(cameras.map((camera) => context.recover(camera)));
  }, {
    count: 2,
    plans: [{ ...plan, steps: [defect, ...plan.steps] }],
  });
  assert.deepEqual(totals, { started: 2, proven: 1, failed: 1, skipped: 0 });
  assert.equal(exitCode, 1);
});

Deno.test("if the bus is lost, the runs end and the totals are shown", async () => {
  const context = new StationRig("openmv-m4");
  const camera = context.camera("1-1");
  const bus = new LostBus(context.bus, context.clock);
  const { totals, endedBy, exitCode, error } = await context.run(async () => {
    await Promise.all([
      context.until((event) => "port" in event && event.type === "changing"),
      context.recover(camera),
    ]);
    bus.isLost = true;
  }, { bus });
  assert.deepEqual(totals, { started: 1, proven: 0, failed: 1, skipped: 0 });
  assert.deepEqual([endedBy, exitCode, error?.kind], ["error", 5, "driver"]);
  assert.equal(context.events.at(-1)?.type, "station-ended");
});

class LostBus extends MemoryBus {
  isLost = false;
  override list(): ReturnType<MemoryBus["list"]> {
    if (this.isLost) throw new UnbrickError("driver", "The USB bus is gone.");
    return super.list();
  }
}

for (const board of ["openmv-h7", "arduino-giga"]) {
  Deno.test(`${board}: a camera is unplugged right after its verify; the next camera gets its own verify`, async () => {
    const context = new StationRig(board, "verify");
    const { totals } = await context.run(async () => {
      const [one, two] = [0, 1].map(() => context.camera("1-1"));
      await Promise.all([context.line("1-1", "finished"), context.plug(one)]);
      await context.unplug(one);
      await context.clock.sleep(4_000);
      await context.plug(two);
    }, { count: 2 });
    assert.deepEqual(totals, { started: 2, proven: 2, failed: 0, skipped: 0 });
  });
}

for (
  const { board, allow } of [
    { board: "openmv-m4", allow: [] },
    { board: "openmv-n6", allow: [] },
    { board: "openmv-rt1062", allow: ["boot-source"] },
    { board: "openmv-ae3", allow: [] },
  ]
) {
  Deno.test(`${board}: cameras with the same serial number are not mistaken for one that moved`, async () => {
    const context = new StationRig(board);
    const cameras = ["1-1", "1-2", "1-3"].map((port) => context.camera(port, { unit: 7 }));
    const { totals } = await context.run(async () => {
      for (const [at, camera] of cameras.entries()) {
        await context.clock.sleep(at * 700);
        await context.recover(camera);
      }
    }, { count: 3, allow });
    const errors = ["1-1", "1-2", "1-3"].flatMap((port) =>
      context.endings(port).map(({ error }) => error?.message)
    );
    assert.deepEqual(totals, { started: 3, proven: 3, failed: 0, skipped: 0 }, errors.join("; "));
  });
}
