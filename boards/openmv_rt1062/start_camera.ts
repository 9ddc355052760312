import { firmwareAppears } from "../../core/openmv_bootloader/not_started.ts";
import type { DetectedDevice, Mode } from "../../core/device/detected_device.ts";
import { isKind } from "../../core/common/errors.ts";
import type { StepContext } from "../../core/plan/step_context.ts";
import type { Proof } from "../../core/plan/proof.ts";
import type { Step } from "../../core/plan/step.ts";
import { rt1062 } from "./boards.ts";
import { isBootSourceSet } from "./fuse.ts";
import { type LoaderKind, ownLoader } from "./loader.ts";
import { text } from "../../core/common/text.ts";

/** The loader answers a reset and leaves at once; this allows for a slow host (B6, B11). */
const LEAVE_MS = 5_000;
/** A camera that starts at all appears within this time. */
const RETURN_MS = 10_000;
/** Time from reset, through the bootloader's 1.5 s window, to the running firmware. */
const START_MS = 30_000;
const START_WEIGHT = 3_000;

/** Contains what the step learns by starting the camera. */
interface StartFacts {
  /** The device as which the camera appeared. */
  started?: DetectedDevice;
}

const startFacts = (): StartFacts => ({});

/**
 * Returns the step after a restore: reset, jumper off, and the camera must start by itself. Skipped
 * while the boot-source fuse is not set, because then it cannot.
 *
 * @param expected `firmware`, or also `bootloader` where the firmware was not written by this run.
 */
export function restartStep(loader: LoaderKind, expected: readonly Mode[]): Step {
  return {
    id: "start",
    title: text`Start the camera`,
    weight: START_WEIGHT,
    effect: "none",
    impossible: async (context) => {
      if (await isBootSourceSet(context, loader)) return undefined;
      return text`The camera cannot start yet: its boot-source fuse is not set.`;
    },
    run: async (context) => {
      const before = await reset(context, loader);
      const start = () => started(context, expected, before);
      const mayBeWithout = expected.includes("bootloader");
      const device = mayBeWithout ? await start() : await firmwareAppears(start);
      if (device.mode === "bootloader") await compareId(context);
      context.learned(startFacts).started = device;
    },
    prove: async (context) => {
      const { mode, title } = context.learned(startFacts).started!;
      return mode === "firmware" ? aliveProof : {
        claim: text`The camera's own bootloader started (${title}).`,
        evidence: "alive",
      };
    },
  };
}

/**
 * Returns the camera after its reset. Without a jumper it starts by itself; with one it shows its
 * ROM again, because the pin is sampled at power-on: then actions by hand are needed.
 */
async function started(
  context: StepContext,
  expected: readonly Mode[],
  before: DetectedDevice,
): Promise<DetectedDevice> {
  // Does not accept the flashloader if it is still listed: it has left, or lost its power.
  const accept = ({ seen }: DetectedDevice) => seen.usb.address !== before.seen.usb.address;
  const what = expected.includes("bootloader")
    ? text`the camera starting by itself (15a2:0073 or 37c5:1060)`
    : text`the running camera (37c5:1060)`;
  const modes = ["rom", ...expected] as const;
  try {
    const first = await context.waitFor({
      what: text`the camera after its reset`,
      modes,
      accept,
      deadlineMs: RETURN_MS,
    });
    if (first.mode !== "rom") return first;
  } catch (error) {
    if (!isKind(error, "timeout", "wrong-board")) throw error;
  }
  return await context.request(rt1062.afterActions, { what, modes: expected, accept });
}

/**
 * Asks the camera's own bootloader for the chip's id, and resets it, because a question holds it. It
 * may have left in the meantime.
 * @throws UnbrickError `wrong-board` if it is another camera's
 */
async function compareId(context: StepContext): Promise<void> {
  try {
    await reset(context, ownLoader);
  } catch (error) {
    if (!isKind(error, "disconnected", "timeout")) throw error;
  }
}

/** Returns the step after a flash: reset, and the firmware must start without actions by hand. */
export function rebootStep(loader: LoaderKind): Step {
  return {
    id: "start",
    title: text`Start the firmware`,
    weight: START_WEIGHT,
    effect: "none",
    run: async (context) => {
      await reset(context, loader);
      const what = text`the running camera (37c5:1060)`;
      await firmwareAppears(() =>
        context.waitFor({ what, modes: ["firmware"], deadlineMs: START_MS })
      );
    },
    prove: async () => aliveProof,
  };
}

const aliveProof: Proof = {
  claim: text`The camera is running its firmware (37c5:1060).`,
  evidence: "alive",
};

/** Resets through the loader and waits until it has left the bus. */
export async function reset(context: StepContext, loader: LoaderKind): Promise<DetectedDevice> {
  const detected = await context.use(loader, async ({ client, detected }) => {
    await client.reset();
    return detected;
  });
  try {
    await context.waitGone(detected, LEAVE_MS);
  } catch (error) {
    // The next actions by hand cut the power in any case.
    if (!isKind(error, "timeout")) throw error;
  }
  return detected;
}
