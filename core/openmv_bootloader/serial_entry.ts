import { type DetectedDevice, portOf } from "../device/detected_device.ts";
import { isKind, UnbrickError } from "../common/errors.ts";
import type { Expectation } from "../device/camera_access.ts";
import { enterBootloader, type Way } from "../protocols/openmv_debug/client/debug_client.ts";
import type { StepContext } from "../plan/step_context.ts";
import type { SerialPortInfo } from "../transport/serial/port.ts";
import { isLegacyBootloader, SHARED_RUNTIME_ID } from "./identity.ts";
import { text } from "../common/text.ts";

/**
 * Longest time from leaving the bus to the bootloader. OpenMV's own programs wait 2 to 5 s
 * (openmv-boards.md 7.4); Windows may need longer to find a driver.
 */
const ARRIVAL_MS = 10_000;

/**
 * Sends the running camera of this run into its bootloader over its serial port. It watches the bus
 * before it sends the command, because a bootloader may stay for only a second.
 * @returns the bootloader; undefined if no camera runs, it has no usable port, or it does not obey
 * in time: then actions by hand are needed, and a note gives the reason
 */
export async function enterOverSerial(
  context: StepContext,
  ways: readonly Way[],
  expectation: Expectation,
): Promise<DetectedDevice | undefined> {
  const running = await context.detected(["firmware"]);
  if (!running || !mayObey(running)) return undefined;
  const port = await portOfDetected(context, running);
  if (!port) return undefined;
  const stop = new AbortController();
  const arrival = context.waitFor({
    ...expectation,
    deadlineMs: ARRIVAL_MS,
    signal: stop.signal,
  });
  arrival.catch(() => {}); // handled below, or not needed
  try {
    const { clock, signal } = context;
    const way = await enterBootloader(context.serial, port, { clock, signal, ways });
    if (way) return await arrival;
    context.note(text`The camera does not answer on its serial port ${port.path}.`);
  } catch (error) {
    const isMinor = isKind(
      error,
      "timeout",
      "permission",
      "busy",
      "driver",
      "not-found",
      "wrong-board",
    );
    if (!isMinor && !isKind(error, "disconnected")) throw error;
    context.note(error.text);
  } finally {
    stop.abort(new UnbrickError("cancelled", text`The wait was cancelled.`));
    await arrival.catch(() => {});
  }
}

/**
 * Returns true for a camera that may obey: up to firmware 4.5, cameras have another bootloader,
 * which unbrick does not support.
 */
function mayObey({ seen }: DetectedDevice): boolean {
  const { idVendor, idProduct } = seen.usb.descriptor;
  const { vendorId, productId } = SHARED_RUNTIME_ID;
  return !isLegacyBootloader(seen) && !(idVendor === vendorId && idProduct === productId);
}

/** Returns the serial port of a running camera; undefined if the system shows none. */
export async function portOfDetected(
  context: StepContext,
  detected: DetectedDevice,
): Promise<SerialPortInfo | undefined> {
  const { idVendor, idProduct } = detected.seen.usb.descriptor;
  return (await context.serial.list()).find(({ usb }) =>
    usb?.portPath === portOf(detected) && usb.vendorId === idVendor && usb.productId === idProduct
  );
}
