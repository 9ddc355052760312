import { UnbrickError } from "../../core/common/errors.ts";
import { hex, usbId } from "../../core/common/format.ts";
import { refuseEmpty, refuseLargerThan, refuseSmallerThan } from "../../core/image/check.ts";
import type { Image } from "../../core/image/image.ts";
import { refuseOtherAddress, refuseOtherAlternate } from "../../core/image/load.ts";
import { checkRomfs as checkWholeRomfs } from "../../core/image/romfs.ts";
import { refuseBadVectors } from "../../core/image/vector_check.ts";
import { OPENMV_VENDOR_ID } from "../../core/openmv_bootloader/identity.ts";
import { partitionNamed, partitionSize } from "../../core/openmv_bootloader/partition.ts";
import { consentForUnmarked as unmarked } from "../../core/plan/consents.ts";
import type { Consent } from "../../core/plan/operator.ts";
import type { Stm32Board } from "./boards.ts";
import { FLASH_BASE } from "./chips.ts";
import { type Marks, marksIn } from "./marks.ts";
import { refuseJoined, refuseSerialBootloader } from "./old_images.ts";
import { ST_DFU_ID } from "../../core/protocols/dfu/packets/stm32_rom.ts";
import { text } from "../../core/common/text.ts";

/**
 * Refuses images that cannot be right for a board, before any device is accessed. Pure functions.
 */

/** The vector table of an STM32 needs at least this many bytes. */
const SMALLEST_PROGRAM = 512;

/**
 * Checks bootloader.bin: not empty, inside its region, a possible vector table, the product id of
 * this board (openmv-boards.md 2.1, dfu-dfuse.md E3).
 * @throws UnbrickError `bad-image`, `wrong-board`.
 */
export function checkBootloader(image: Image, board: Stm32Board): void {
  refuseEmpty(image);
  refuseSmallerThan(image, SMALLEST_PROGRAM, text`a bootloader`);
  refuseJoined(image, board);
  refuseSerialBootloader(image);
  refuseForeign(image, board, marksIn(image.bytes).bootloader);
  const region = partitionNamed(board.partitions, "BOOTLOADER");
  refuseLargerThan(image, partitionSize(region), text`bootloader`);
  refuseOtherAddress(image, FLASH_BASE);
  refuseOtherAlternate(image, 0);
  refuseUsbIds(image, board);
  refuseBadVectors(image, FLASH_BASE, [board.processor.bootloaderStack]);
}

/** Checks firmware.bin like the bootloader, at the address of the partition FIRMWARE. */
export function checkFirmware(image: Image, board: Stm32Board): void {
  refuseEmpty(image);
  refuseSmallerThan(image, SMALLEST_PROGRAM, text`a firmware`);
  refuseJoined(image, board);
  refuseForeign(image, board, marksIn(image.bytes).firmware);
  const region = partitionNamed(board.partitions, "FIRMWARE");
  refuseLargerThan(image, partitionSize(region), text`firmware`);
  refuseOtherAddress(image, region.start);
  refuseOtherAlternate(image, 0);
  refuseUsbIds(image, board);
  refuseBadVectors(image, region.start, board.processor.ram);
}

/** Checks that romfs0.img is complete and fits its partition; it names no board. */
export function checkRomfs(image: Image, board: Stm32Board): void {
  const region = partitionNamed(board.partitions, "ROMFS0");
  checkWholeRomfs(image, partitionSize(region), text`ROMFS`);
  refuseUsbIds(image, board);
}

/**
 * Returns the consent for writing a program that names no board, as a private build may; undefined
 * if it names this one.
 */
export function consentForUnmarked(image: Image, board: Stm32Board): Consent | undefined {
  const marks = marksIn(image.bytes);
  if ((image.role === "bootloader" ? marks.bootloader : marks.firmware).length > 0) {
    return undefined;
  }
  return unmarked(image.name, board.name);
}

function refuseForeign(image: Image, board: Stm32Board, marks: Marks[keyof Marks]): void {
  if (marks.length === 0 || marks.some((mark) => mark.boardId === board.id)) return;
  const { offset, text: mark, boardName } = marks[0];
  throw new UnbrickError(
    "wrong-board",
    text`${image.name} is made for the ${boardName}, not for the ${board.name} (at offset
      ${hex(offset, 1)}: ${mark}).`,
    { file: image.name, offset, reason: String(mark), board: board.id },
  );
}

/** Refuses a file whose DFU suffix names a USB device other than this board's ROM or bootloader. */
function refuseUsbIds({ name, usbIds = {} }: Image, board: Stm32Board): void {
  const { vendorId, productId } = usbIds;
  const fits = [ST_DFU_ID, { vendorId: OPENMV_VENDOR_ID, productId: board.bootloaderProductId }]
    .some((id) =>
      (vendorId ?? id.vendorId) === id.vendorId && (productId ?? id.productId) === id.productId
    );
  if (fits) return;
  throw new UnbrickError(
    "wrong-board",
    text`${name} is for the USB device ${usbId(vendorId ?? 0xFFFF, productId ?? 0xFFFF)}, not for
      the ${board.name}.`,
    { file: name, vendorId: vendorId ?? null, productId: productId ?? null, board: board.id },
  );
}
