import { isKind } from "../../core/common/errors.ts";
import { firmwareAppears, takeSensorOff } from "../../core/openmv_bootloader/not_started.ts";
import { enterOverSerial } from "../../core/openmv_bootloader/serial_entry.ts";
import type { StepContext } from "../../core/plan/step_context.ts";
import type { Step } from "../../core/plan/step.ts";
import { plug, type PortentaClass, pressReset, unplug } from "./boards.ts";
import { withDfu } from "./dfu.ts";
import { text } from "../../core/common/text.ts";

/** A Portenta needs about 33 s from leaving DFU to its serial port (openmv-boards.md 3.6). */
const START_MS = 60_000;
const LEAVE_MS = 5_000;

/**
 * Returns the step that enters the DFU bootloader; no board enters it by itself (openmv-boards.md
 * 3.6).
 */
export function enterStep(board: PortentaClass): Step {
  return {
    id: "enter-bootloader",
    title: text`Bring the board into its DFU bootloader`,
    weight: 1_500,
    effect: "none",
    async run(context) {
      if (await context.detected(["bootloader"])) return;
      const what = text`the ${board.name} in its DFU bootloader`;
      const expectation = { what, modes: ["bootloader"] } as const;
      const isThere = await context.detected(["firmware"]) !== undefined;
      if (isThere && await enterOverSerial(context, ["touch", "V2", "V1"], expectation)) return;
      await context.request(isThere ? [pressReset] : [plug, pressReset], expectation);
    },
  };
}

/** Returns the step that starts the program at `address`, written last, and waits until it runs. */
export function startStep(board: PortentaClass, address: number): Step {
  const running = {
    what: text`the ${board.name} with its firmware running`,
    modes: ["firmware"],
  } as const;
  const byItself = { ...running, deadlineMs: START_MS };
  return {
    id: "start-firmware",
    title: text`Start the board`,
    weight: 5_000,
    effect: "none",
    async run(context) {
      await leaveDfu(context, address);
      try {
        await context.waitFor(byItself);
      } catch (error) {
        if (!isKind(error, "timeout", "wrong-board")) throw error;
        context.note(text`The board did not start by itself.`);
        context.note(takeSensorOff);
        await firmwareAppears(() => context.request([unplug, plug], running));
      }
    },
    async prove(context) {
      const { title } = await firmwareAppears(() => context.waitFor(byItself));
      return { claim: text`The board started and appeared as ${title}.`, evidence: "alive" };
    },
  };
}

/** Returns the last step of jobs that only read. */
export function leaveStep(address: number): Step {
  return {
    id: "leave-bootloader",
    title: text`Let the board start`,
    weight: 1_000,
    effect: "none",
    run: (context) => leaveDfu(context, address),
  };
}

async function leaveDfu(context: StepContext, address: number): Promise<void> {
  const detected = await context.detected(["bootloader"]);
  if (!detected) return;
  await withDfu(context, address, (memory) => memory.leave(address, context.signal));
  try {
    await context.waitGone(detected, LEAVE_MS);
  } catch (error) {
    if (!isKind(error, "timeout")) throw error;
    context.note(text`The bootloader did not start the board.`);
  }
}
