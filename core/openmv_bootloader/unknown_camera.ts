import { UnbrickError } from "../common/errors.ts";
import { usbId } from "../common/format.ts";
import { text, type Words } from "../common/text.ts";
import type { SeenDevice, UnusableDevice } from "../device/detected_device.ts";
import { OPENMV_VENDOR_ID } from "./identity.ts";

/**
 * OpenMV cameras for which no release has files: unbrick writes nothing to them. The bootloader's
 * id of the N6 Classic is inferred from the pattern of all others (openmv-runtime.md 4.1).
 */
const unsupported = new Map<number, Words>([
  [0x1208, text`OpenMV N6 Classic, running`],
  [0x9208, text`OpenMV N6 Classic, bootloader`],
]);

/** Names a device with OpenMV's vendor id that no family recognises; never by similarity of ids. */
export function refuseOpenMv(
  { usb: { descriptor, portPath: port } }: SeenDevice,
): Pick<UnusableDevice, "title" | "reason"> | undefined {
  const { idVendor, idProduct } = descriptor;
  if (idVendor !== OPENMV_VENDOR_ID) return undefined;
  const known = unsupported.get(idProduct);
  const id = usbId(idVendor, idProduct);
  const message = known
    ? text`unbrick does not know the memory layout of the OpenMV N6 Classic, so it writes nothing
      to it. Files for the OpenMV N6 are not for this camera.`
    : text`This unbrick does not know the OpenMV device ${id}, so it writes nothing to it.`;
  return {
    title: known ?? text`Unknown OpenMV device`,
    reason: new UnbrickError("wrong-board", message, { port, usbId: id, isStranger: true }),
  };
}
