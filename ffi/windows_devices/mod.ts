/** What Windows knows about USB devices and their drivers, without opening a device. */
import { text } from "../../core/common/text.ts";
import type { UsbBus } from "../../core/transport/usb/device.ts";
import { boundedFunctions } from "../native/bounded.ts";
import { openPlugAndPlay } from "../serial/windows/mod.ts";
import { DriverAwareBus } from "./driver_bus.ts";
import { usbDevices } from "./setup_api.ts";
import { setupSymbols } from "./symbols.ts";

/** How long a call may take, ms. */
const CALL_MS = 2_000;

/** @param signal ends all waits for calls that do not return */
export function driverAwareBus(bus: UsbBus, signal?: AbortSignal): UsbBus {
  const limit = { subject: text`the USB devices`, signal };
  const library = Deno.dlopen("setupapi.dll", setupSymbols).symbols;
  const setup = boundedFunctions(library, { ...limit, ms: CALL_MS });
  const { hubs } = openPlugAndPlay(limit);
  return new DriverAwareBus(bus, { devices: () => usbDevices(setup), hubs });
}
