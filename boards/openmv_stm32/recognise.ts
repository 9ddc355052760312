import type {
  DetectedDevice,
  SeenDevice,
  UnusableDevice,
} from "../../core/device/detected_device.ts";
import { ST_DFU_ID, UNREADABLE_ROM_TITLE } from "../../core/protocols/dfu/packets/stm32_rom.ts";
import { refuseRom } from "../../core/protocols/dfu/packets/unknown_rom.ts";
import { refuseOpenMv } from "../../core/openmv_bootloader/unknown_camera.ts";
import {
  legacyTitle,
  OPENMV_VENDOR_ID,
  SHARED_RUNTIME_ID,
} from "../../core/openmv_bootloader/identity.ts";
import { boards } from "./boards.ts";
import { type Chip, F427, F765, H743 } from "./chips.ts";
import { text } from "../../core/common/text.ts";

export const familyId = "openmv_stm32";

export const usbIds = [
  ST_DFU_ID,
  SHARED_RUNTIME_ID,
  { vendorId: OPENMV_VENDOR_ID },
];

/** Recognises a device of this family by its ids and strings; returns undefined for any other. */
export function recognise(seen: SeenDevice): DetectedDevice | undefined {
  const { idVendor, idProduct } = seen.usb.descriptor;
  const is = (id: { vendorId: number; productId: number }) =>
    idVendor === id.vendorId && idProduct === id.productId;
  if (is(ST_DFU_ID)) return rom(seen);
  if (is(SHARED_RUNTIME_ID)) {
    const boardIds = boards.map(({ id }) => id);
    return { familyId, mode: "firmware", seen, boardIds, title: legacyTitle(seen) };
  }
  if (idVendor !== OPENMV_VENDOR_ID) return undefined;
  for (const { id, name, firmwareProductId, bootloaderProductId } of boards) {
    if (idProduct === firmwareProductId) {
      return { familyId, mode: "firmware", seen, boardIds: [id], title: text`${name}, running` };
    }
    if (idProduct === bootloaderProductId) {
      return {
        familyId,
        mode: "bootloader",
        seen,
        boardIds: [id],
        title: text`${name}, bootloader`,
      };
    }
  }
}

/** Names a device on the id of ST's ROM, or of OpenMV, that is no camera that unbrick can restore. */
export function refuse(
  seen: SeenDevice,
): Pick<UnusableDevice, "title" | "reason"> | undefined {
  const { usb: { descriptor, portPath }, product, interfaceNames } = seen;
  const isRom = descriptor.idVendor === ST_DFU_ID.vendorId &&
    descriptor.idProduct === ST_DFU_ID.productId;
  if (!isRom) return refuseOpenMv(seen);
  return refuseRom({ port: portPath, product, names: [...interfaceNames.values()] });
}

/**
 * Returns the chip whose flash the ROM announces; undefined for an N6 and for chips of no camera.
 */
export function romChip(seen: SeenDevice): Chip | undefined {
  const names = [...seen.interfaceNames.values()];
  return [F427, F765, H743].find(({ romLayout }) => names.some((name) => romLayout.test(name)));
}

function rom(seen: SeenDevice): DetectedDevice | undefined {
  const chip = romChip(seen);
  if (chip) {
    const boardIds = boards.filter(({ processor }) => processor === chip).map(({ id }) => id);
    return { familyId, mode: "rom", seen, boardIds, title: chip.romTitle };
  }
  if (!seen.unreadable) return undefined;
  const boardIds = boards.map(({ id }) => id);
  return { familyId, mode: "rom", seen, boardIds, title: UNREADABLE_ROM_TITLE };
}
