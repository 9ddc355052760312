import { UnbrickError } from "../../core/common/errors.ts";
import { text } from "../../core/common/text.ts";
import type { UsbDeviceInfo } from "../../core/transport/usb/device.ts";
import { describeDevice } from "../libusb/describe_device.ts";
import type { Guard } from "../libusb/guard.ts";
import { isHid } from "./is_hid.ts";

/**
 * Returns the program that uses a HID device: "" if its name is unknown; undefined if there is
 * none, or this cannot be found out.
 */
export type HidHolder = (info: UsbDeviceInfo) => Promise<string | undefined>;

/**
 * Refuses, as `busy`, a HID device that another program uses. libusb opens it anyway: on Windows
 * without the right to send or receive, on Linux by detaching it from the other program.
 * @param before the step before which the holder is checked
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
