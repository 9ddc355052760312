import type { DetectedDevice } from "../device/detected_device.ts";
import type { FamilyFacts } from "./family.ts";

/** A USB id of a family, and what a device with it is. */
export interface KnownDevice extends Pick<DetectedDevice, "mode" | "boardIds" | "title"> {
  readonly vendorId: number;
  readonly productId: number;
}

/** Returns the parts of a family that recognise a device by its USB id alone. */
export function byUsbId(
  familyId: string,
  known: readonly KnownDevice[],
): Pick<FamilyFacts, "id" | "usbIds" | "recognise"> {
  return {
    id: familyId,
    usbIds: known.map(({ vendorId, productId }) => ({ vendorId, productId })),
    recognise(seen) {
      const { idVendor, idProduct } = seen.usb.descriptor;
      const found = known.find((one) => one.vendorId === idVendor && one.productId === idProduct);
      if (!found) return undefined;
      const { mode, boardIds, title } = found;
      return { familyId, mode, seen, boardIds, title };
    },
  };
}
