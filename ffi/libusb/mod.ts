import { UnbrickError } from "../../core/common/errors.ts";
import type { UsbBus } from "../../core/transport/usb/device.ts";
import { libusbFile } from "../native/mod.ts";
import { linuxFiles } from "../system/linux.ts";
import { LibusbBus } from "./bus.ts";
import type { Guard } from "./guard.ts";
import { Context } from "./context.ts";
import { text } from "../../core/common/text.ts";

/**
 * `@deno/usb`: libusb 1.0 for Deno, over FFI.
 *
 * A program needs only `openUsbBus`; `Context`, `DeviceList` and `LibusbDevice` are the layer
 * below.
 */
export { LibusbBus } from "./bus.ts";
export { libusbError } from "./codes.ts";
export { Context } from "./context.ts";
export { controlDataLimit, LibusbDevice } from "./device.ts";
export { DeviceList, type ListedDevice } from "./device_list.ts";

/** Options for opening a bus. */
export interface UsbBusOptions {
  /** A libusb 1.0 shared library to use instead of unbrick's own. */
  readonly library?: string;
  /** Ends all waits for calls that do not return. */
  readonly signal?: AbortSignal;
  /** Checks devices before they are opened or claimed. */
  readonly guard?: Guard;
}

/**
 * Opens the USB bus of this computer. Close it before the process ends.
 * @throws UnbrickError `not-found` (no such library), `driver` (it cannot be used, or this system has no
 * USB at all).
 */
export async function openUsbBus(options: UsbBusOptions = {}): Promise<UsbBus> {
  const context = await Context.open(options.library ?? libusbFile(), options.signal);
  const bus = new LibusbBus(context, options.guard);
  if (Deno.build.os !== "linux") return bus;
  try {
    if ((await bus.list()).length === 0) await refuseSystemWithoutUsb(options.signal);
    return bus;
  } catch (error) {
    await bus.close();
    throw error;
  }
}

/**
 * Refuses a Linux without USB: otherwise a technician would wait for a camera that can never
 * appear.
 */
async function refuseSystemWithoutUsb(signal?: AbortSignal): Promise<void> {
  // Deno refuses these paths to a program without all permissions.
  const { resolve } = linuxFiles(signal);
  if (await resolve("/sys/bus/usb") ?? await resolve("/dev/bus/usb")) return;
  throw new UnbrickError(
    "driver",
    text`This system has no USB bus. This is usual in a container or a small virtual machine.`,
    { os: "linux", missing: "/sys/bus/usb" },
  );
}
