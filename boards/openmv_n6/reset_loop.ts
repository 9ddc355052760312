import type { DetectedDevice } from "../../core/device/detected_device.ts";
import { isFilledWith } from "../../core/common/bytes.ts";
import { isKind, UnbrickError } from "../../core/common/errors.ts";
import { catchBootloader } from "../../core/openmv_bootloader/catch.ts";
import { withBootloader } from "../../core/openmv_bootloader/client.ts";
import { BLOCK_SIZE } from "../../core/openmv_bootloader/identity.ts";
import { partitionNamed, partitionSize } from "../../core/openmv_bootloader/partition.ts";
import type { StepContext } from "../../core/plan/step_context.ts";
import type { Step } from "../../core/plan/step.ts";
import { board, partitions } from "./boards.ts";
import { catchOptions } from "./catch_options.ts";
import { startsProgram } from "./validate.ts";
import { text } from "../../core/common/text.ts";

/** How long the camera must stay in its bootloader to count as parked (openmv-boards.md 4.2). */
const STAY_MS = 5_000;
/** A camera in the loop appears again about every two seconds. */
const NEXT_WINDOW_MS = 10_000;
const ATTEMPTS = 3;

const FIRMWARE = partitionNamed(partitions, "FIRMWARE");

/**
 * An N6 with corrupt firmware restarts every two seconds, which interrupts a long write. The reason
 * is not known. Measurements show what helps: write a block of zeros to the firmware's start, see
 * that the camera stays, and only then write everything (openmv-boards.md 4.2). So this is done
 * before a firmware is written over one that cannot start, and after a write was interrupted.
 */
export function againstTheLoop(step: Step): Step {
  return {
    ...step,
    async isDone(context) {
      try {
        return await step.isDone?.(context);
      } catch (error) {
        if (!isKind(error, "disconnected")) throw error;
        return undefined; // `run` finds out what happened to the camera
      }
    },
    async run(context) {
      if (!await mayStart(context)) {
        context.note(text`The camera's firmware cannot start, so unbrick stops it in its
          bootloader first.`);
        await park(context);
      }
      try {
        await step.run(context);
      } catch (error) {
        if (!isKind(error, "disconnected")) throw error;
        context.note(
          text`The camera left its bootloader during the work. A camera with corrupt firmware
            restarts every two seconds. unbrick stops it in its bootloader and starts again.`,
        );
        await park(context);
        await step.run(context);
      }
    },
  };
}

/** As canStart; true if the camera has left meanwhile, which the work finds out. */
async function mayStart(context: StepContext): Promise<boolean> {
  try {
    return await canStart(context);
  } catch (error) {
    if (!isKind(error, "disconnected")) throw error;
    return true;
  }
}

/** Returns true if the flash begins like a firmware, or is already parked with zeros. */
async function canStart(context: StepContext): Promise<boolean> {
  const start = await withBootloader(
    context,
    partitions,
    ({ memory, partition }) => memory.uploadBlock(partition("FIRMWARE"), 0, BLOCK_SIZE),
  );
  return isFilledWith(start, 0) ||
    startsProgram(start, FIRMWARE.start, partitionSize(FIRMWARE));
}

/**
 * Zeroes the first block of the firmware.
 * @throws UnbrickError `disconnected` if the camera leaves.
 */
async function park(context: StepContext): Promise<void> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    try {
      await nextWindow(context);
      const detected = await catchBootloader(context, catchOptions);
      await withBootloader(
        context,
        partitions,
        ({ memory, partition }) =>
          memory.write(partition("FIRMWARE"), new Uint8Array(BLOCK_SIZE), {
            signal: context.signal,
          }),
      );
      if (await stays(context, detected)) return;
      context.note(text`The camera did not stay in its bootloader.`);
    } catch (error) {
      if (!isKind(error, "disconnected")) throw error;
    }
  }
  throw new UnbrickError(
    "disconnected",
    text`The ${board.name} keeps leaving its bootloader, even with its firmware erased.`,
    { board: board.id, attempts: ATTEMPTS },
  );
}

async function stays(context: StepContext, detected: DetectedDevice): Promise<boolean> {
  try {
    await context.waitGone(detected, STAY_MS);
    return false;
  } catch (error) {
    if (!isKind(error, "timeout")) throw error;
    return true;
  }
}

/** Waits for a camera in the loop to return by itself, before asking for actions by hand. */
async function nextWindow(context: StepContext): Promise<void> {
  try {
    await context.waitFor({
      what: text`the ${board.name} in its bootloader again`,
      modes: ["bootloader"],
      deadlineMs: NEXT_WINDOW_MS,
    });
  } catch (error) {
    if (!isKind(error, "timeout")) throw error;
  }
}
