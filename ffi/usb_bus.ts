import { openUsbBus, type UsbBusOptions } from "@deno/usb";
import type { UsbBus } from "../core/transport/usb/device.ts";
import { HidAwareBus } from "./hidapi/mod.ts";
import { hidapiFile, hostSystem } from "./native/mod.ts";

/**
 * The USB bus of this machine, HID devices included. Close it before the process ends.
 * @throws UnbrickError `not-found`, `driver`
 */
export async function openMachineBus(options: UsbBusOptions = {}): Promise<UsbBus> {
  const bus = await openUsbBus(options);
  return hostSystem() === "darwin" ? new HidAwareBus(bus, hidapiFile, options.signal) : bus;
}
