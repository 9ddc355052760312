import type { DetectedDevice, SeenDevice } from "../../core/device/detected_device.ts";
import { byUsbId } from "../../core/family/by_usb_id.ts";
import { LOADER_PRODUCT_ID, LOADER_VENDOR_ID } from "../../core/protocols/mboot/packets/report.ts";
import {
  isLegacyBootloader,
  legacyTitle,
  SHARED_RUNTIME_ID,
} from "../../core/openmv_bootloader/identity.ts";
import { ROM_PRODUCT_ID, ROM_VENDOR_ID } from "../../core/protocols/sdp/packets/report.ts";
import { rt1062 } from "./boards.ts";
import { text } from "../../core/common/text.ts";

export const familyId = "openmv_rt1062";

/** The running firmware (openmv-boards.md 0.1). */
export const FIRMWARE_ID = { vendorId: 0x37c5, productId: 0x1060 } as const;

/**
 * RAM flashloader and resident SBL look identical, even in their strings; only property 12 tells
 * them apart. Both are called `bootloader` here.
 */
const byId = byUsbId(familyId, [
  {
    vendorId: ROM_VENDOR_ID,
    productId: ROM_PRODUCT_ID,
    mode: "rom",
    boardIds: [rt1062.id],
    title: text`i.MX RT1062 ROM (serial download)`,
  },
  {
    vendorId: LOADER_VENDOR_ID,
    productId: LOADER_PRODUCT_ID,
    mode: "bootloader",
    boardIds: [rt1062.id],
    title: text`NXP bootloader (the camera's own, or the one loaded into RAM)`,
  },
  {
    ...FIRMWARE_ID,
    mode: "firmware",
    boardIds: [rt1062.id],
    title: text`OpenMV Cam RT1062, running`,
  },
]);

export const usbIds = [SHARED_RUNTIME_ID, ...byId.usbIds];

export function recognise(seen: SeenDevice): DetectedDevice | undefined {
  const { idVendor, idProduct } = seen.usb.descriptor;
  if (idVendor === SHARED_RUNTIME_ID.vendorId && idProduct === SHARED_RUNTIME_ID.productId) {
    // Only the other cameras have the old serial bootloader: this one has NXP's.
    if (isLegacyBootloader(seen)) return undefined;
    const title = legacyTitle(seen);
    return { familyId, mode: "firmware", seen, boardIds: [rt1062.id], title };
  }
  return byId.recognise(seen);
}
