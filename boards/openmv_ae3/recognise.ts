import { parts } from "../../core/protocols/alif_isp/packets/memory_map.ts";
import type { DetectedDevice, SeenDevice } from "../../core/device/detected_device.ts";
import { OPENMV_VENDOR_ID } from "../../core/openmv_bootloader/identity.ts";
import { ae3, BOOTLOADER_PRODUCT_ID, FIRMWARE_PRODUCT_ID } from "./boards.ts";
import { text } from "../../core/common/text.ts";

export const familyId = "openmv_ae3";

export const usbIds = [
  ...parts.map(({ vendorId, productId }) => ({ vendorId, productId })),
  { vendorId: OPENMV_VENDOR_ID, productId: FIRMWARE_PRODUCT_ID },
  { vendorId: OPENMV_VENDOR_ID, productId: BOOTLOADER_PRODUCT_ID },
];

/**
 * Recognises a device of this family. Many cables contain the same two serial adapters: they are
 * only candidates, until a Secure Enclave answers behind them (alif-isp.md A.1).
 */
export function recognise(seen: SeenDevice): DetectedDevice | undefined {
  const { idVendor, idProduct } = seen.usb.descriptor;
  const shared = { familyId, seen, boardIds: [ae3.id] };
  if (idVendor === OPENMV_VENDOR_ID) {
    if (idProduct === FIRMWARE_PRODUCT_ID) {
      return { ...shared, mode: "firmware", title: text`${ae3.name}, running` };
    }
    if (idProduct === BOOTLOADER_PRODUCT_ID) {
      return { ...shared, mode: "bootloader", title: text`${ae3.name}, bootloader` };
    }
    return undefined;
  }
  if (!expectedPart(seen)) return undefined;
  const title = text`serial adapter, perhaps the recovery port of an OpenMV AE3`;
  return { ...shared, mode: "rom", title, isSerial: true, isCandidate: true };
}

/** Returns the part that a bridge belongs to; undefined for any other device. */
export function expectedPart({ usb: { descriptor } }: SeenDevice): string | undefined {
  return parts.find(({ vendorId, productId }) =>
    vendorId === descriptor.idVendor && productId === descriptor.idProduct
  )?.part;
}
