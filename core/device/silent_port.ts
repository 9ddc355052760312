import { UnbrickError } from "../common/errors.ts";
import { text } from "../common/text.ts";
import { DeviceDescriptor } from "../transport/usb/descriptors.ts";
import type { UsbBus } from "../transport/usb/device.ts";
import type { UnusableDevice } from "./detected_device.ts";

/** Says what `silentDevice` says of the first such device on the bus; undefined if there is none. */
export async function silentReason(bus: Pick<UsbBus, "silentPorts">): Promise<string | undefined> {
  const [port] = await bus.silentPorts?.() ?? [];
  return port === undefined ? undefined : silentDevice(port).reason.message;
}

/** Bytes of a device descriptor without any id. */
const noIds = new Uint8Array(DeviceDescriptor.size);
noIds.set([DeviceDescriptor.size, 1]);

/**
 * Describes a device that failed to enumerate (host-systems.md 1.4): nobody can tell what it is, so it
 * may be the camera.
 */
export function silentDevice(port: string): UnusableDevice {
  return {
    seen: {
      usb: {
        bus: 0,
        address: 0,
        portPath: port,
        speed: "unknown",
        descriptor: DeviceDescriptor.decode(noIds),
        configurations: [],
      },
      interfaceNames: new Map(),
    },
    title: text`USB device that does not answer`,
    reason: new UnbrickError(
      "timeout",
      text`A USB device on port ${port} did not answer when it was plugged in, so the system cannot
        name it. It may be the camera.`,
      { silentPort: port },
    ),
  };
}
