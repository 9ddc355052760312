import type { DetectedDevice, SeenDevice } from "../../core/device/detected_device.ts";
import { ARDUINO_VENDOR_ID, type ArduinoBoard, boards, portentaBoards } from "./boards.ts";
import { text } from "../../core/common/text.ts";

export const familyId = "arduino";

/** The boot ROM of every RP2040, the Nano's among them (openmv-boards.md 9.6). */
const RP2040_ROM = { vendorId: 0x2E8A, productId: 0x0003 } as const;

/**
 * Upper bytes of product ids: OpenMV's old and new, and the stock sketches (openmv-boards.md 0.1).
 */
const firmwareHighBytes = [0x00, 0x01, 0x04, 0x05];
const sketchHighBytes = [0x02, 0x80];

/** The product ids of all boards in all modes. */
export const usbIds = [
  RP2040_ROM,
  ...boards.flatMap((board) =>
    [...firmwareHighBytes, ...sketchHighBytes, board.bootloaderProductId >> 8].map((high) => ({
      vendorId: ARDUINO_VENDOR_ID,
      productId: high << 8 | board.idLowByte,
    }))
  ),
];

/**
 * Recognises a board: the product id's lower byte names it, the upper its mode (openmv-boards.md
 * 1.1).
 */
export function recognise(seen: SeenDevice): DetectedDevice | undefined {
  const { idVendor, idProduct } = seen.usb.descriptor;
  if (idVendor === RP2040_ROM.vendorId && idProduct === RP2040_ROM.productId) {
    const boardIds = ["arduino-nano-rp2040"];
    return { familyId, mode: "rom", seen, boardIds, title: text`RP2040 boot ROM` };
  }
  if (idVendor !== ARDUINO_VENDOR_ID) return undefined;
  const board = boards.find(({ idLowByte }) => idLowByte === (idProduct & 0xFF));
  const state = board && stateOf(board, idProduct);
  if (!state) return undefined;
  const title = text`${board.name}, ${state.title}`;
  return { familyId, mode: state.mode, seen, boardIds: [board.id], title };
}

function stateOf(board: ArduinoBoard, idProduct: number) {
  const high = idProduct >> 8;
  const isNano = !portentaBoards.some(({ id }) => id === board.id);
  // 2341:005E is an older id of the running Nano RP2040, whose bootloader is the chip's ROM.
  if (idProduct === board.bootloaderProductId && board.id !== "arduino-nano-rp2040") {
    return {
      mode: "bootloader",
      title: isNano ? text`serial bootloader` : text`DFU bootloader`,
    } as const;
  }
  if (sketchHighBytes.includes(high)) {
    return { mode: "firmware", title: text`running an Arduino sketch` } as const;
  }
  return firmwareHighBytes.includes(high)
    ? { mode: "firmware", title: text`running OpenMV` } as const
    : undefined;
}
