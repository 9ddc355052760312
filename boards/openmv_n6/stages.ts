import type { DetectedDevice, Mode } from "../../core/device/detected_device.ts";
import { isKind, UnbrickError } from "../../core/common/errors.ts";
import type { StepContext } from "../../core/plan/step_context.ts";
import { LAYOUT_BLOCK } from "../../core/protocols/serial_boot/packets/layout_download.ts";
import { SerialBootSession } from "../../core/protocols/serial_boot/client/session.ts";
import { alternateNames } from "./recognise.ts";

/** The two stages on 0483:df11: the ROM (`rom`) and OpenBootloader (`flashloader`). */

/** How long a stage takes to leave the bus after it was told to, and the next one to come (B.4). */
const LEAVE_MS = 3_000, ARRIVE_MS = 10_000;

/** Opens the stage that the camera is in for `work`, and closes it again. */
export async function withStage<T>(
  context: StepContext,
  mode: Mode,
  work: (session: SerialBootSession) => Promise<T>,
): Promise<T> {
  const detected = await context.detected([mode]);
  if (!detected) {
    const stage = mode === "rom" ? "its ROM bootloader" : "OpenBootloader";
    throw new UnbrickError(
      "disconnected",
      `The ${context.board.name} is no longer in ${stage}.`,
      { board: context.board.id },
    );
  }
  const device = await context.usb.open(detected.seen.usb);
  try {
    return await work(
      await SerialBootSession.start({
        device,
        clock: context.clock,
        signal: context.signal,
        names: alternateNames(detected.seen),
        ...(mode === "flashloader" && { blockSize: LAYOUT_BLOCK }),
      }),
    );
  } finally {
    await device.close();
  }
}

/**
 * Waits until OpenBootloader has come in place of the ROM that was told to start it. A ROM that does
 * not leave the bus gets one port reset (stm32n6-serial-boot.md B.4 step 7).
 * @throws UnbrickError `device-status` if the ROM comes back, `timeout` if nothing does.
 */
export async function waitForOpenBootloader(
  context: StepContext,
  rom: DetectedDevice,
): Promise<DetectedDevice> {
  try {
    await context.waitGone(rom, LEAVE_MS);
  } catch (error) {
    if (!isKind(error, "timeout")) throw error;
    await resetPort(context, rom);
  }
  const { bus, address } = rom.seen.usb;
  const next = await context.waitFor({
    what: "OpenBootloader, which the camera's ROM was told to start",
    modes: ["rom", "flashloader"],
    accept: ({ mode, seen: { usb } }) =>
      mode === "flashloader" || usb.bus !== bus || usb.address !== address,
    deadlineMs: ARRIVE_MS,
  });
  if (next.mode === "flashloader") return next;
  throw new UnbrickError(
    "device-status",
    "The chip's ROM came back instead of OpenBootloader: it refused the image, or OpenBootloader died.",
    { port: next.seen.usb.portPath },
  );
}

async function resetPort(context: StepContext, detected: DetectedDevice): Promise<void> {
  context.note("The ROM did not leave the bus by itself; its port is reset.");
  try {
    const device = await context.usb.open(detected.seen.usb);
    try {
      await device.reset();
    } finally {
      await device.close();
    }
  } catch (error) {
    if (!isKind(error, "disconnected")) throw error; // it left in the meantime, as it should
  }
}
