import type { DetectedDevice, Mode } from "../device/detected_device.ts";
import { isKind, UnbrickError } from "../common/errors.ts";
import type { StepContext } from "../plan/step_context.ts";
import type { HardwareAction } from "../plan/hardware_action.ts";
import { type OpenBootloader, withBootloader } from "./client.ts";
import type { Partition } from "./partition.ts";
import { enterOverSerial } from "./serial_entry.ts";
import { plural, text, type Words } from "../common/text.ts";

/**
 * Default number of attempts: the camera stays in its bootloader for only 1.5 s and may be missed.
 */
const ATTEMPTS = 5;

/** What is specific to a board: its partitions, the actions by hand, and the messages. */
export interface CatchOptions {
  readonly partitions: readonly Partition[];
  /** The actions by hand that restart the camera: unplug, plug in. */
  readonly replug: readonly HardwareAction[];
  /** The actions by hand if it is still in a recovery mode: unplug, remove the jumper, plug in. */
  readonly leaveRecovery: readonly HardwareAction[];
  /** The modes that a forgotten jumper or switch leads to. Default `rom`. */
  readonly recoveryModes?: readonly Mode[];
  /** Most requests for actions by hand; default 5. */
  readonly attempts?: number;
  /** The message if the camera returns in such a mode: "The jumper is still fitted." */
  readonly stillInRecovery: Words;
  /** Checks the bootloader before anything is written; throws to refuse it. */
  check?(bootloader: OpenBootloader): Promise<void> | void;
}

/**
 * Brings the camera into its bootloader and holds it there: asks running firmware over its serial
 * port, and if that does not help, asks for actions by hand. Reads a block at once
 * (openmv-boards.md 5.3), and asks again if the moment was missed or a jumper was forgotten.
 * @throws UnbrickError as StepContext.request and `check`; `timeout` after the last attempt.
 */
export async function catchBootloader(
  context: StepContext,
  options: CatchOptions,
): Promise<DetectedDevice> {
  const { attempts = ATTEMPTS } = options;
  let mayBeTold = true;
  for (let attempt = 1; attempt <= attempts; attempt++) {
    let detected = await context.detected(["bootloader"]);
    if (!detected && mayBeTold) {
      detected = await askFirmware(context, options);
      mayBeTold = detected !== undefined;
    }
    detected ??= await askForIt(context, options);
    if (detected.mode !== "bootloader") {
      context.note(options.stillInRecovery);
      continue;
    }
    try {
      return await withBootloader(context, options.partitions, async (bootloader) => {
        await bootloader.hold();
        await options.check?.(bootloader);
        return bootloader.detected;
      });
    } catch (error) {
      if (!isKind(error, "disconnected")) throw error;
      context.note(text`The camera left its bootloader before unbrick could hold it there.`);
    }
  }
  throw new UnbrickError(
    "timeout",
    plural(
      attempts,
      text`The ${context.board.name} could not be held in its bootloader in ${attempts} attempt.`,
      text`The ${context.board.name} could not be held in its bootloader in ${attempts} attempts.`,
    ),
    { board: context.board.id, attempts },
  );
}

/** Sends a running camera into its bootloader; undefined if none runs or it does not obey. */
async function askFirmware(
  context: StepContext,
  options: CatchOptions,
): Promise<DetectedDevice | undefined> {
  if (await context.detected(options.recoveryModes ?? ["rom"])) return undefined;
  return await enterOverSerial(context, ["V2", "V1"], {
    what: text`the ${context.board.name} in its bootloader`,
    modes: ["bootloader"],
  });
}

async function askForIt(context: StepContext, options: CatchOptions): Promise<DetectedDevice> {
  const recoveryModes = options.recoveryModes ?? ["rom"];
  const before = await context.detected(recoveryModes);
  return await context.request(before ? options.leaveRecovery : options.replug, {
    what: text`the ${context.board.name} in its bootloader`,
    modes: ["bootloader", ...recoveryModes],
    accept: (seen) => seen.mode === "bootloader" || !isSameStay(seen, before),
  });
}

/** Returns true if the device has not left the bus since: a new arrival gets a new address. */
function isSameStay(a: DetectedDevice, b: DetectedDevice | undefined): boolean {
  return b !== undefined && a.seen.usb.bus === b.seen.usb.bus &&
    a.seen.usb.address === b.seen.usb.address;
}
