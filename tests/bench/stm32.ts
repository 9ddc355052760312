/**
 * Measures the STM32 restore in memory, on the real clock: models keep the fact sheet's busy times
 * and every transfer takes its wire time. The measurement is the work through the ROM, from the
 * first transfer to the proof: protection probe, identity, compare, erase, write, full read-back.
 */
import { boards, type Stm32Board } from "../../boards/openmv_stm32/boards.ts";
import { openmvStm32 } from "../../boards/openmv_stm32/mod.ts";
import { sampleImages } from "../../boards/openmv_stm32/samples.ts";
import type { UsbBus } from "../../core/transport/usb/device.ts";
import { VirtualBus } from "../../core/transport/usb/virtual_bus.ts";
import { type Clock, systemClock } from "../../core/common/clock.ts";
import { VirtualClock } from "../../core/common/virtual_clock.ts";
import { preciseClock } from "./precise_clock.ts";
import type { BenchRow } from "./row.ts";
import { timedRun } from "./timed_run.ts";

const BLOCK = 2048;

export async function rows(): Promise<BenchRow[]> {
  const all: BenchRow[] = [];
  for (const board of boards) all.push(...await restoreThroughRom(board));
  return all;
}

async function restoreThroughRom(board: Stm32Board): Promise<BenchRow[]> {
  const images = sampleImages(board);
  const blocks = Math.ceil(images.get("bootloader")!.bytes.length / BLOCK);
  const virtual = new VirtualClock();
  // The first runs let the compiler optimise.
  for (let warm = 0; warm < 5; warm++) await virtual.run(() => restore(board, virtual));
  const start = systemClock.now();
  await virtual.run(() => restore(board, virtual));
  const hostMs = systemClock.now() - start;
  const { elapsed, least } = await restore(board, preciseClock);
  return [
    {
      name: `${board.id}: restore time / (busy + wire time)`,
      value: elapsed / least,
      unit: "ratio",
      limit: 1.15,
    },
    { name: `${board.id}: busy + wire time`, value: least, unit: "ms" },
    {
      name: `${board.id}: computing a 2 KiB block, host and model`,
      value: hostMs / blocks,
      unit: "ms",
      limit: 1,
    },
  ];
}

/**
 * Returns the milliseconds from the first transfer to the proof, and those of chip and wire alone.
 */
export async function restore(
  board: Stm32Board,
  clock: Clock,
  wrap?: (bus: UsbBus) => UsbBus,
): Promise<{ elapsed: number; least: number }> {
  const bus = new VirtualBus({ wireClock: clock });
  const socket = bus.socket("1-1");
  const camera = openmvStm32.simulate(board, { clock, socket });
  for (const action of board.recoveryActions) await camera.perform(action);
  const images = sampleImages(board);
  const whole = openmvStm32.plan("restore", board, images, { bootloaderOnly: true });
  const last = whole.steps.findIndex((step) => step.id === "bootloader");
  let before = 0;
  const work = () => camera.busyMs + socket.statistics.wireMs;
  const elapsed = await timedRun({
    bus,
    clock,
    family: openmvStm32,
    plan: { ...whole, steps: whole.steps.slice(0, last + 1) },
    onStart: () => before = work(),
    wrap,
  });
  return { elapsed, least: work() - before };
}
