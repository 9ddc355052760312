import type { UsbDeviceModel } from "../../../core/transport/usb/model.ts";
import { StandardRequest } from "../../../core/transport/usb/function.ts";
import type { Trial } from "../plan/plan_rig.ts";
import { untilGivenUp } from "../transport/usb_fault_injector.ts";

/** The ports of neighbours; nothing else uses them. */
const HUNG_PORT = "1-6", SILENT_PORT = "1-8";

/**
 * Plugs another device in beside the camera, with the ids that the camera has now. The system can
 * configure it, and then it never answers anything.
 */
export function plugInHungNeighbour(
  { bus }: Trial,
  camera: UsbDeviceModel | undefined,
): void {
  const socket = bus.socket(HUNG_PORT);
  if (!camera || socket.attachment) return;
  const { speed, deviceDescriptor, configurations } = camera;
  socket.attach({
    speed,
    deviceDescriptor,
    configurations,
    control: ({ bmRequestType, bRequest }, _data, signal) =>
      bmRequestType === 0 && bRequest === StandardRequest.SET_CONFIGURATION
        ? Promise.resolve()
        : untilGivenUp(signal),
    dataIn: (_endpoint, _length, signal) => untilGivenUp(signal),
    dataOut: (_endpoint, _data, signal) => untilGivenUp(signal),
  });
}

/** Adds a device that the system cannot even enumerate. */
export function plugInSilentNeighbour({ bus }: Trial): void {
  bus.silentPorts.add(SILENT_PORT);
}
