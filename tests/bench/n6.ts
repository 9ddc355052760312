/**
 * Measures the N6 restore in memory, on the real clock: models keep the fact sheet's busy times and
 * every transfer takes its wire time. The measurement is from the ROM's first transfer to the proof
 * after the replug: both re-enumerations, OpenBootloader, erase, write, full read-back. Actions by
 * hand take no time. The stages' start times count as busy.
 */
import { board } from "../../boards/openmv_n6/boards.ts";
import { APPEARS_MS, SimulatedN6 } from "../../boards/openmv_n6/model.ts";
import { openmvN6 } from "../../boards/openmv_n6/mod.ts";
import { sampleImages } from "../../boards/openmv_n6/samples.ts";
import { n6Traps } from "../../boards/openmv_n6/traps.ts";
import { type Clock, systemClock } from "../../core/common/clock.ts";
import { VirtualBus } from "../../core/transport/usb/virtual_bus.ts";
import { VirtualClock } from "../../core/common/virtual_clock.ts";
import { preciseClock } from "./precise_clock.ts";
import type { BenchRow } from "./row.ts";
import { timedRun } from "./timed_run.ts";

const BLOCK = 1024;

export async function rows(): Promise<BenchRow[]> {
  const virtual = new VirtualClock();
  // The first runs let the compiler optimise.
  for (let warm = 0; warm < 3; warm++) await virtual.run(() => restore(virtual));
  const start = systemClock.now();
  await virtual.run(() => restore(virtual));
  const hostMs = systemClock.now() - start;
  const { elapsed, least } = await restore(preciseClock);
  const sent = ["fsbl", "external-loader", "bootloader"]
    .reduce((sum, role) => sum + sampleImages().get(role)!.bytes.length, 0);
  return [
    {
      name: `${board.id}: restore with proof / (busy + wire time)`,
      value: elapsed / least,
      unit: "ratio",
      limit: 1.15,
    },
    { name: `${board.id}: busy + wire time`, value: least, unit: "ms" },
    {
      name: `${board.id}: computing a 1 KiB block, host and model`,
      value: hostMs / Math.ceil(sent / BLOCK),
      unit: "ms",
      limit: 1,
    },
  ];
}

/**
 * Returns the milliseconds from the first transfer to the proof, and those of chip and wire alone.
 */
async function restore(clock: Clock): Promise<{ elapsed: number; least: number }> {
  const bus = new VirtualBus({ wireClock: clock });
  const socket = bus.socket("1-1");
  const camera = new SimulatedN6({ clock, socket });
  for (const action of board.recoveryActions) await camera.perform(action);
  const images = sampleImages();
  const whole = openmvN6.plan("restore", board, images, { bootloaderOnly: true });
  const proven = whole.steps.findIndex((step) => step.id === "start-bootloader");
  let before = 0;
  const work = () => camera.busyMs + socket.statistics.wireMs;
  const elapsed = await timedRun({
    bus,
    clock,
    family: openmvN6,
    plan: { ...whole, steps: whole.steps.slice(0, proven + 1) },
    onStart: () => before = work(),
    perform: (action) => camera.perform(action),
  });
  const starting = n6Traps.startMs[0] + APPEARS_MS; // OpenBootloader, then the new bootloader
  return { elapsed, least: work() - before + starting };
}
