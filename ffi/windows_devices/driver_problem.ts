import type { DriverState } from "../../core/transport/usb/device.ts";
import { text, type Words } from "../../core/common/text.ts";

/** CM_PROB_ codes (host-systems.md 1.3). */
const DISABLED = 22, FAILED_INSTALL = 28;
/** FAILED_START, FAILED_POST_START. */
const notStarted = [10, 43];
/** FAILED_ADD, FAILED_DRIVER_ENTRY, DRIVER_FAILED_LOAD, DRIVER_BLOCKED, UNSIGNED_DRIVER. */
const notLoaded = [31, 37, 39, 48, 52];

/** Returns true for a device that Windows, or its driver, could not start. */
export const didNotStart = ({ problem }: Pick<DriverState, "problem">) =>
  notStarted.includes(problem);

/** Says why the driver of a device cannot be used. @param subject the device, in words */
export function driverProblem({ service, problem }: DriverState, subject: Words): Words {
  const code = problem;
  if (code === DISABLED) {
    return text`Device Manager has disabled ${subject} (problem code ${code}).`;
  }
  if (code === FAILED_INSTALL) {
    return text`Windows has no driver for ${subject} (problem code ${code}).`;
  }
  if (didNotStart({ problem })) {
    return text`Windows could not start ${subject} (problem code ${code}).`;
  }
  if (notLoaded.includes(code) && service !== "") {
    return text`Windows cannot load the driver ${service} for ${subject} (problem code ${code}).`;
  }
  if (code !== 0) return text`Windows reports problem code ${code} for ${subject}.`;
  if (service === "") return text`Windows has no driver for ${subject}.`;
  return text`Windows uses the driver ${service} for ${subject}, but unbrick needs WinUSB.`;
}
