/**
 * Measures the RT1062 in memory, on the real clock: the model keeps the fact sheet's busy and start
 * times, and every transfer takes its wire time.
 */
import { rt1062 } from "../../boards/openmv_rt1062/boards.ts";
import { CameraModel } from "../../boards/openmv_rt1062/camera_model.ts";
import { openmvRt1062 } from "../../boards/openmv_rt1062/mod.ts";
import { sampleImages } from "../../boards/openmv_rt1062/samples.ts";
import type { Clock } from "../../core/common/clock.ts";
import { MbootClient } from "../../core/protocols/mboot/client/mboot_client.ts";
import { MemoryBus } from "../../core/transport/usb/memory.ts";
import { VirtualBus } from "../../core/transport/usb/virtual_bus.ts";
import { VirtualClock } from "../../core/common/virtual_clock.ts";
import { preciseClock } from "./precise_clock.ts";
import type { BenchRow } from "./row.ts";
import { timedRun } from "./timed_run.ts";

const signal = new AbortController().signal;
/** Payload of a report and the interval of the loader's endpoints at high speed (B1, E1). */
const PAYLOAD = 1012, INTERVAL_MS = 0.5;
/** Reports of a command around its data: the command, its answer, the last answer. */
const COMMAND_REPORTS = 3;
const ROUNDS = 40;
const SCRATCH = 0x0000_4000, SCRATCH_LENGTH = 100 * PAYLOAD;

export async function rows(): Promise<BenchRow[]> {
  const virtual = new VirtualClock();
  // The first runs let the compiler optimise.
  for (let warm = 0; warm < 3; warm++) {
    await virtual.run(() => restoreTwice(virtual));
    await virtual.run(() => dataPhases(virtual));
  }
  const { first, second } = await restoreTwice(preciseClock);
  const rates = await dataPhases(preciseClock);
  const { busyMs, wireMs, startingMs, elapsedMs } = first;
  return [
    {
      name: "restore of a blank camera / (busy + start + wire time)",
      value: elapsedMs / (busyMs + wireMs + startingMs),
      unit: "ratio",
      limit: 1.15,
    },
    {
      name: "  the same without the start in the divisor",
      value: elapsedMs / (busyMs + wireMs),
      unit: "ratio",
    },
    { name: "  its flash was busy", value: busyMs, unit: "ms" },
    { name: "  its flashloader took to start", value: startingMs, unit: "ms" },
    { name: "  its data were on the wire", value: wireMs, unit: "ms" },
    {
      name: "flashloader on the bus to its first command",
      value: first.firstCommandMs,
      unit: "ms",
      limit: 100,
    },
    {
      name: "second restore / first restore, bytes to the OUT endpoint",
      value: second.outBytes / first.outBytes,
      unit: "ratio",
      limit: 0.05,
    },
    ...Object.entries(rates).map(([name, value]) => ({
      name: `${name}, data phase at high speed / what the reports allow`,
      value,
      unit: "ratio",
      limit: name === "write-memory" ? 0.95 : 0.8,
      isMinimum: true,
    })),
  ];
}

interface Measured {
  readonly elapsedMs: number;
  readonly busyMs: number;
  readonly wireMs: number;
  readonly startingMs: number;
  readonly firstCommandMs: number;
  readonly outBytes: number;
}

/**
 * Restores one blank camera twice, from the ROM to the fuse, without the time for actions by hand.
 */
async function restoreTwice(clock: Clock): Promise<{ first: Measured; second: Measured }> {
  const bus = new VirtualBus({ wireClock: clock });
  const camera = new CameraModel({ clock, socket: bus.socket("1-1"), condition: "blank" });
  const first = await restore(clock, bus, camera);
  for (const id of ["unplug", "fit-jumper", "plug"] as const) {
    await camera.perform({ id, text: "" });
  }
  return { first, second: await restore(clock, bus, camera) };
}

async function restore(clock: Clock, bus: VirtualBus, camera: CameraModel): Promise<Measured> {
  const socket = bus.socket("1-1");
  await camera.perform({ id: "plug", text: "" });
  let outBytes = 0, arrived = 0, firstCommand = 0;
  const removeInterposer = bus.interpose({
    transfer(_attachment, transfer, _signal, next) {
      if (transfer.kind === "out") {
        outBytes += transfer.data.length;
        firstCommand ||= clock.now();
      }
      return next(transfer);
    },
  });
  const removeListener = bus.onChange(() => {
    if (socket.attachment) arrived = clock.now();
  });
  const images = sampleImages();
  const whole = openmvRt1062.plan("restore", rt1062, images, {});
  const plan = { ...whole, steps: whole.steps.filter(({ id }) => id !== "start") };
  const work = () => ({
    busyMs: camera.busyMs,
    wireMs: socket.statistics.wireMs,
    startingMs: camera.startingMs,
  });
  let before = work();
  const elapsedMs = await timedRun({
    bus,
    clock,
    family: openmvRt1062,
    plan,
    onStart() {
      before = work();
      outBytes = firstCommand = 0;
    },
  });
  const after = work();
  removeInterposer();
  removeListener();
  return {
    elapsedMs,
    busyMs: after.busyMs - before.busyMs,
    wireMs: after.wireMs - before.wireMs,
    startingMs: after.startingMs - before.startingMs,
    firstCommandMs: firstCommand - arrived,
    outBytes,
  };
}

/** Reads and writes RAM through the resident bootloader: only the wire takes time. */
async function dataPhases(clock: Clock): Promise<Record<string, number>> {
  const bus = new VirtualBus({ wireClock: clock });
  const socket = bus.socket("1-1");
  const camera = new CameraModel({ clock, socket, condition: "healthy" });
  const host = new MemoryBus(bus, clock);
  await camera.perform({ id: "plug", text: "" });
  while ((await host.list()).length === 0) await host.changed({ timeoutMs: 1_000, signal });
  const device = await host.open((await host.list())[0]);
  const client = await MbootClient.connect(device, { clock, signal });
  const allowed = SCRATCH_LENGTH / PAYLOAD * INTERVAL_MS;
  const least = allowed + COMMAND_REPORTS * INTERVAL_MS;
  /**
   * Returns the best of several runs: other programs of this machine can only slow it down. A run in
   * less time than its reports need has made up for a timer that was late in the run before.
   */
  const ratio = async (work: () => Promise<unknown>) => {
    let best = Infinity;
    for (let time = 0; time < ROUNDS; time++) {
      const start = clock.now();
      await work();
      const elapsed = clock.now() - start;
      if (elapsed >= least) best = Math.min(best, elapsed);
    }
    return allowed / best;
  };
  const data = new Uint8Array(SCRATCH_LENGTH).map((_, at) => at);
  const write = await ratio(() => client.writeMemory(SCRATCH, data));
  const read = await ratio(() => client.readMemory(SCRATCH, SCRATCH_LENGTH));
  await host.close();
  return { "write-memory": write, "read-memory": read };
}
