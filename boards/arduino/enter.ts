import { isKind } from "../../core/common/errors.ts";
import { enterOverSerial } from "../../core/openmv_bootloader/serial_entry.ts";
import type { Bench } from "../../core/plan/step_context.ts";
import type { Step } from "../../core/plan/step.ts";
import { plug, type PortentaClass, pressReset, unplug } from "./boards.ts";
import { withDfu } from "./dfu.ts";

/** A Portenta needs about 33 s from leaving DFU to its serial port (openmv-boards.md 3.6). */
const START_MS = 60_000;
const LEAVE_MS = 5_000;

/** Brings the board into its DFU bootloader, which it never enters by itself (openmv-boards.md 3.6). */
export function enterStep(board: PortentaClass): Step {
  return {
    id: "enter-bootloader",
    title: "Bring the board into its DFU bootloader",
    weight: 1_500,
    effect: "none",
    async run(bench) {
      if (await bench.sighting(["bootloader"])) return;
      const what = `the ${board.name} in its DFU bootloader`;
      const expectation = { what, modes: ["bootloader"] } as const;
      const isThere = await bench.sighting(["firmware"]) !== undefined;
      if (isThere && await enterOverSerial(bench, ["touch", "V2", "V1"], expectation)) return;
      await bench.request(isThere ? [pressReset] : [plug, pressReset], expectation);
    },
  };
}

/** Starts the program at `address`, the last one that was written, and sees the board run. */
export function startStep(board: PortentaClass, address: number): Step {
  const running = (deadlineMs?: number) => ({
    what: `the ${board.name} with its firmware running`,
    modes: ["firmware"] as const,
    ...(deadlineMs !== undefined && { deadlineMs }),
  });
  return {
    id: "start-firmware",
    title: "Start the board",
    weight: 5_000,
    effect: "none",
    async run(bench) {
      await leaveDfu(bench, address);
      try {
        await bench.waitFor(running(START_MS));
      } catch (error) {
        if (!isKind(error, "timeout")) throw error;
        bench.note("The board did not start by itself.");
        await bench.request([unplug, plug], running());
      }
    },
    async prove(bench) {
      const { title } = await bench.waitFor(running(START_MS));
      return { claim: `The board started: it shows itself as ${title}.`, evidence: "alive" };
    },
  };
}

/** Last step of jobs that only read. */
export function leaveStep(address: number): Step {
  return {
    id: "leave-bootloader",
    title: "Let the board start",
    weight: 1_000,
    effect: "none",
    run: (bench) => leaveDfu(bench, address),
  };
}

async function leaveDfu(bench: Bench, address: number): Promise<void> {
  const sighting = await bench.sighting(["bootloader"]);
  if (!sighting) return;
  await withDfu(bench, address, (memory) => memory.leave(address, bench.signal));
  try {
    await bench.waitGone(sighting, LEAVE_MS);
  } catch (error) {
    if (!isKind(error, "timeout")) throw error;
    bench.note("The bootloader does not let the board start.");
  }
}
