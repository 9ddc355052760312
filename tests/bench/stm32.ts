/**
 * The STM32 restore in memory, on the real clock: models keep the fact sheet's busy times and every
 * transfer takes its wire time. Measured is the work through the ROM, from the first transfer to the
 * proof: protection probe, identity, compare, erase, write, full read-back.
 */
import { boards, type Stm32Board } from "../../boards/openmv_stm32/boards.ts";
import { openmvStm32 } from "../../boards/openmv_stm32/mod.ts";
import { sampleImages } from "../../boards/openmv_stm32/samples.ts";
import { DeviceFinder } from "../../core/device/finder.ts";

import type { HardwareAction } from "../../core/plan/hardware_action.ts";
import { runPlan } from "../../core/plan/engine.ts";
import { MemoryBus } from "../../core/usb/memory.ts";
import { VirtualBus } from "../../core/usb/virtual_bus.ts";
import { type Clock, systemClock } from "../../core/clock.ts";
import { VirtualClock } from "../../core/virtual_clock.ts";
import { preciseClock } from "./precise_clock.ts";
import type { BenchRow } from "./row.ts";

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
  // The first runs are for the compiler.
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

/** Milliseconds from the first transfer to the proof, and what chip and wire alone take. */
async function restore(
  board: Stm32Board,
  clock: Clock,
): Promise<{ elapsed: number; least: number }> {
  const bus = new VirtualBus({ wireClock: clock });
  const socket = bus.socket("1-1");
  const camera = openmvStm32.simulate(board, { clock, socket });
  const host = new MemoryBus(bus, clock);
  const finder = new DeviceFinder(host, [openmvStm32]);
  const signal = new AbortController().signal;
  for (const action of board.recoveryActions) await camera.perform(action);
  while ((await finder.look(signal)).sightings.length === 0) {
    await host.changed({ timeoutMs: 1_000, signal });
  }

  const images = sampleImages(board);
  const whole = openmvStm32.plan("restore", board, images, { bootloaderOnly: true });
  const last = whole.steps.findIndex((step) => step.id === "bootloader");
  const plan = { ...whole, steps: whole.steps.slice(0, last + 1) };
  const busyBefore = camera.busyMs, wireBefore = socket.statistics.wireMs;
  const start = clock.now();
  const result = await runPlan(plan, {
    clock,
    signal,
    finder,
    operator: {
      perform: (actions: readonly HardwareAction[]) =>
        Promise.reject(new Error(`hands are not measured: ${actions[0].text}`)),
      consent: () => Promise.resolve(true),
      choose: (_question, choices) => Promise.resolve(choices[0].value),
    },
    simulated: true,
    images,
    onEvent: () => {},
  });
  const elapsed = clock.now() - start;
  await host.close();
  if (result.error) throw result.error;
  const least = camera.busyMs - busyBefore + socket.statistics.wireMs - wireBefore;
  return { elapsed, least };
}
