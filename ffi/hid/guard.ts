import { UnbrickError } from "../../core/common/errors.ts";
import { text } from "../../core/common/text.ts";
import type { UsbDeviceInfo } from "../../core/transport/usb/device.ts";
import { describeDevice } from "../libusb/device.ts";
import type { Guard } from "../libusb/guard.ts";
import { isHid } from "./is_hid.ts";

/** Says which program uses a HID device: "" if it has no name; undefined if none does, or nobody knows. */
export type HidHolder = (info: UsbDeviceInfo) => Promise<string | undefined>;

/**
 * Refuses, as `busy`, a HID device which another program uses. libusb hands it out all the same: on Windows
 * without the right to send or receive anything, on Linux by taking it away from the other program.
 * @param before the first moment when it matters, and can be found out in time
 */
export function hidGuard(before: keyof Guard, holderOf: HidHolder): Guard {
  return {
    async [before](info: UsbDeviceInfo) {
      const holder = isHid(info) ? await holderOf(info) : undefined;
      if (holder === undefined) return;
      const subject = describeDevice(info);
      throw new UnbrickError(
        "busy",
        holder === "" ? text`Another program holds ${subject}.` : text`${holder} holds ${subject}.`,
        { port: info.portPath, ...(holder && { holder }) },
      );
    },
  };
}
