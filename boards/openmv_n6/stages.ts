import type { SessionKind } from "../../core/device/camera_access.ts";
import type { DetectedDevice, Mode } from "../../core/device/detected_device.ts";
import { isKind, UnbrickError } from "../../core/common/errors.ts";
import type { StepContext } from "../../core/plan/step_context.ts";
import { LAYOUT_BLOCK } from "../../core/protocols/serial_boot/packets/layout_download.ts";
import { SerialBootSession } from "../../core/protocols/serial_boot/client/session.ts";
import type { UsbDevice } from "../../core/transport/usb/device.ts";
import { alternateNames } from "./recognise.ts";
import { text, type Words } from "../../core/common/text.ts";

/** The two stages on 0483:df11: the ROM (`rom`) and OpenBootloader (`flashloader`). */

/** How long a stage may take to leave the bus when told to, and the next one to appear (B.4). */
const LEAVE_MS = 3_000, ARRIVE_MS = 10_000;

/** The chip's ROM bootloader. */
export const romStage = stage("rom", text`its ROM bootloader`);
/** OpenBootloader, in the chip's RAM. */
export const openBootloaderStage = stage("flashloader", "OpenBootloader", LAYOUT_BLOCK);

function stage(mode: Mode, name: Words, blockSize?: number): SessionKind<SerialBootSession> {
  return {
    modes: [mode],
    name,
    start: (device, { seen }, { clock, signal }) =>
      SerialBootSession.start({ device, clock, signal, names: alternateNames(seen), blockSize }),
  };
}

/** The ROM, for a port reset only. */
const silentRom: SessionKind<UsbDevice> = {
  modes: ["rom"],
  name: text`its ROM bootloader`,
  start: (device) => Promise.resolve(device),
};

/**
 * Waits until OpenBootloader replaces the ROM that was told to start it. A ROM that does
 * not leave the bus gets one port reset (stm32n6-serial-boot.md B.4 step 7).
 * @throws UnbrickError `device-status` if the ROM returns, `timeout` if nothing appears.
 */
export async function waitForOpenBootloader(
  context: StepContext,
  rom: DetectedDevice,
): Promise<DetectedDevice> {
  try {
    await context.waitGone(rom, LEAVE_MS);
  } catch (error) {
    if (!isKind(error, "timeout")) throw error;
    await resetPort(context);
  }
  const { bus, address } = rom.seen.usb;
  const next = await context.waitFor({
    what: text`OpenBootloader, which the camera's ROM should start`,
    modes: ["rom", "flashloader"],
    accept: ({ mode, seen: { usb } }) =>
      mode === "flashloader" || usb.bus !== bus || usb.address !== address,
    deadlineMs: ARRIVE_MS,
  });
  if (next.mode === "flashloader") return next;
  throw new UnbrickError(
    "device-status",
    text`The chip's ROM came back instead of OpenBootloader: it refused the image, or
      OpenBootloader crashed.`,
    { port: next.seen.usb.portPath },
  );
}

async function resetPort(context: StepContext): Promise<void> {
  context.note(text`The ROM did not disconnect by itself, so unbrick resets its port.`);
  try {
    await context.use(silentRom, (device) => device.reset());
  } catch (error) {
    if (!isKind(error, "disconnected")) throw error; // it has left in the meantime, as it should
  }
}
