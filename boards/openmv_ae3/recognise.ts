import { byUsbId } from "../../core/family/by_usb_id.ts";
import { parts } from "../../core/protocols/alif_isp/packets/memory_map.ts";
import type { DetectedDevice, SeenDevice } from "../../core/device/detected_device.ts";
import { OPENMV_VENDOR_ID } from "../../core/openmv_bootloader/identity.ts";
import { ae3, BOOTLOADER_PRODUCT_ID, FIRMWARE_PRODUCT_ID } from "./boards.ts";
import { text } from "../../core/common/text.ts";

export const familyId = "openmv_ae3";

const camera = { vendorId: OPENMV_VENDOR_ID, boardIds: [ae3.id] };
const byId = byUsbId(familyId, [
  {
    ...camera,
    productId: FIRMWARE_PRODUCT_ID,
    mode: "firmware",
    title: text`${ae3.name}, running`,
  },
  {
    ...camera,
    productId: BOOTLOADER_PRODUCT_ID,
    mode: "bootloader",
    title: text`${ae3.name}, bootloader`,
  },
  ...parts.map(({ vendorId, productId }) => ({
    vendorId,
    productId,
    mode: "rom" as const,
    boardIds: [ae3.id],
    title: text`serial adapter, perhaps the recovery port of an OpenMV AE3`,
  })),
]);

export const usbIds = byId.usbIds;

/**
 * Recognises a device of this family. Many cables contain the same two serial adapters: they are
 * only candidates, until a Secure Enclave answers behind them (alif-isp.md A.1).
 */
export function recognise(seen: SeenDevice): DetectedDevice | undefined {
  const detected = byId.recognise(seen);
  return detected?.mode === "rom" ? { ...detected, isSerial: true, isCandidate: true } : detected;
}

/** Returns the part that a bridge belongs to; undefined for any other device. */
export function expectedPart({ usb: { descriptor } }: SeenDevice): string | undefined {
  return parts.find(({ vendorId, productId }) =>
    vendorId === descriptor.idVendor && productId === descriptor.idProduct
  )?.part;
}
