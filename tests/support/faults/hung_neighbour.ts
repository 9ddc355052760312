import type { UsbDeviceModel, UsbSocket } from "../../../core/transport/usb/model.ts";
import { StandardRequest } from "../../../core/transport/usb/function.ts";
import type { Trial } from "../plan/plan_rig.ts";

/** The port of a neighbour; nothing else uses it. */
const PORT = "1-6";

/**
 * Plugs another device in beside the camera, with the ids that the camera has now. The system can
 * configure it, and then it never answers anything.
 */
export function plugInHungNeighbour(
  { bus }: Trial,
  camera: UsbDeviceModel | undefined,
): UsbSocket | undefined {
  const socket = bus.socket(PORT);
  if (!camera || socket.attachment) return undefined;
  const { speed, deviceDescriptor, configurations } = camera;
  socket.attach({
    speed,
    deviceDescriptor,
    configurations,
    control: ({ bmRequestType, bRequest }, _data, signal) =>
      bmRequestType === 0 && bRequest === StandardRequest.SET_CONFIGURATION
        ? Promise.resolve()
        : never(signal),
    dataIn: (_endpoint, _length, signal) => never(signal),
    dataOut: (_endpoint, _data, signal) => never(signal),
  });
  return socket;
}

/** Adds a device that the system cannot even enumerate. */
export function plugInSilentNeighbour({ bus }: Trial): void {
  bus.silentPorts.add("1-8");
}

/** Never resolves, but ends with the transfer. */
function never(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
