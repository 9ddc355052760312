import { openUsbBus, type UsbBusOptions } from "@deno/usb";
import type { UsbBus } from "../core/transport/usb/device.ts";
import { hidGuard } from "./hid/guard.ts";
import { hidrawHolder } from "./hid/linux.ts";
import { hidapiFile, hostSystem } from "./native/mod.ts";
import { linuxSilentPorts } from "./system/kernel_log.ts";
import { linuxFiles } from "./system/linux.ts";
import { atMostOnceASecond } from "./system/at_most_once_a_second.ts";

/**
 * Opens the USB bus of this computer, HID devices included. Close it before the process ends.
 * What only macOS or Windows needs is loaded there.
 * @throws UnbrickError `not-found`, `driver`, `permission`, `timeout`
 */
export async function openMachineBus(options: Omit<UsbBusOptions, "guard"> = {}): Promise<UsbBus> {
  const { signal } = options;
  switch (hostSystem()) {
    case "darwin": {
      const { HidAwareBus } = await import("./hidapi/mod.ts");
      return new HidAwareBus(await openUsbBus(options), hidapiFile, signal);
    }
    case "linux": {
      const holderOf = hidrawHolder(linuxFiles(signal), Deno.pid);
      const bus = await openUsbBus({ ...options, guard: hidGuard("beforeClaim", holderOf) });
      return Object.assign(bus, {
        silentPorts: atMostOnceASecond<readonly string[]>(() => linuxSilentPorts(signal), []),
      });
    }
    case "windows": {
      const { windowsHidHolder } = await import("./hid/windows.ts");
      const { driverAwareBus } = await import("./windows_devices/mod.ts");
      const guard = hidGuard("beforeOpen", windowsHidHolder(signal));
      return driverAwareBus(await openUsbBus({ ...options, guard }), signal);
    }
  }
}
