import type { DetectedDevice, SeenDevice } from "../../core/device/detected_device.ts";
import { ST_DFU_ID, UNREADABLE_ROM_TITLE } from "../../core/protocols/dfu/packets/stm32_rom.ts";
import { OPENMV_VENDOR_ID } from "../../core/openmv_bootloader/identity.ts";
import { serialBootStage } from "../../core/protocols/serial_boot/packets/alternates.ts";
import { board, BOOTLOADER_PRODUCT_ID, FIRMWARE_PRODUCT_ID } from "./boards.ts";
import { text, type Words } from "../../core/common/text.ts";

export const familyId = "openmv_n6";

export const usbIds = [
  ST_DFU_ID,
  { vendorId: OPENMV_VENDOR_ID, productId: BOOTLOADER_PRODUCT_ID },
  { vendorId: OPENMV_VENDOR_ID, productId: FIRMWARE_PRODUCT_ID },
];

/** Recognises a device of this family by its ids and strings; returns undefined for any other. */
export function recognise(seen: SeenDevice): DetectedDevice | undefined {
  const { idVendor, idProduct } = seen.usb.descriptor;
  const as = (mode: DetectedDevice["mode"], title: Words): DetectedDevice => ({
    familyId,
    mode,
    seen,
    boardIds: [board.id],
    title,
  });
  if (idVendor === OPENMV_VENDOR_ID) {
    if (idProduct === BOOTLOADER_PRODUCT_ID) {
      return as("bootloader", text`${board.name}, bootloader`);
    }
    if (idProduct === FIRMWARE_PRODUCT_ID) return as("firmware", text`${board.name}, running`);
    return undefined;
  }
  if (idVendor !== ST_DFU_ID.vendorId || idProduct !== ST_DFU_ID.productId) return undefined;
  if (seen.unreadable) return as("rom", UNREADABLE_ROM_TITLE);
  const stage = serialBootStage(alternateNames(seen), seen.product);
  if (stage === "rom") {
    return as("rom", text`STM32N6 system bootloader (ST ROM; an N6 Classic shows the same one)`);
  }
  if (stage === "open-bootloader") {
    return as("flashloader", text`OpenBootloader in the RAM of an N6`);
  }
}

/** Returns the names of the alternate settings of interface 0, by number. */
export function alternateNames(seen: SeenDevice): ReadonlyMap<number, string> {
  return new Map(
    [...seen.interfaceNames].flatMap(([key, name]) => {
      const [interfaceNumber, alternate] = key.split(":").map(Number);
      return interfaceNumber === 0 ? [[alternate, name] as const] : [];
    }),
  );
}
