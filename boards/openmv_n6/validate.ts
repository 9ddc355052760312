import { UnbrickError } from "../../core/common/errors.ts";
import { hex, usbId } from "../../core/common/format.ts";
import { badImage } from "../../core/image/bad_image.ts";
import { refuseOtherArchitecture } from "../../core/image/architectures.ts";
import { refuseEmpty, refuseLargerThan, refuseSmallerThan } from "../../core/image/check.ts";
import type { Image } from "../../core/image/image.ts";
import { BootloaderHeader, findDeviceDescriptors } from "../../core/image/inspect.ts";
import { checkRomfs as checkWholeRomfs } from "../../core/image/romfs.ts";
import { OPENMV_VENDOR_ID } from "../../core/openmv_bootloader/identity.ts";
import { partitionNamed, partitionSize } from "../../core/openmv_bootloader/partition.ts";
import { BINARY_TYPE_FSBL } from "../../core/protocols/serial_boot/packets/header_v2.ts";
import {
  checkStm32Image,
  MAX_IMAGE,
} from "../../core/protocols/serial_boot/packets/image_check.ts";
import { board, BOOTLOADER_PRODUCT_ID, FIRMWARE_PRODUCT_ID, partitions } from "./boards.ts";
import { text, type Words } from "../../core/common/text.ts";
import { VectorTable } from "../../core/common/vector_table.ts";

/** Refuses images that cannot be right for an N6, before any device is accessed. Pure functions. */

/** Offset of OpenMV's own header, after the STM32 header (stm32n6-serial-boot.md C.4). */
const HEADER_OFFSET = 0x1400;

/**
 * Checks bootloader.bin: an STM32 image for this camera that the ROM starts (stm32n6-serial-boot.md
 * C.2, C.4).
 * @returns warnings, one sentence each.
 * @throws UnbrickError `bad-image`, `wrong-board`.
 */
export function checkBootloader(image: Image): readonly Words[] {
  const { bytes, name } = image;
  refuseEmpty(image);
  if (bytes.length > MAX_IMAGE && bytes[0] === 0x53 && bytes[1] === 0x54) {
    throw badImage(
      name,
      text`it is larger than a bootloader. It may be openmv.bin, which also contains the
        firmware. Use bootloader.bin and firmware.bin of the same release`,
      {
        offset: MAX_IMAGE,
      },
    );
  }
  const { header, warnings } = checkStm32Image(bytes, name);
  refuseOtherProduct(image, BOOTLOADER_PRODUCT_ID, (productId) => productId >> 12 === 9);
  return [
    ...warnings,
    ...(header.binaryType === BINARY_TYPE_FSBL ? [] : [
      text`${name} has the binary type ${hex(header.binaryType, 2)}; an OpenMV bootloader has
        ${hex(BINARY_TYPE_FSBL, 2)}.`,
    ]),
    ...(BootloaderHeader.tryDecode(bytes, HEADER_OFFSET) ? [] : [
      text`${name} has no OpenMV version header. Bootloaders before 4.8.1 have none.`,
    ]),
  ];
}

/**
 * Checks firmware.bin, which runs from the external flash at 0x70080000.
 * @throws as checkBootloader.
 */
export function checkFirmware(image: Image): void {
  const region = partitionNamed(partitions, "FIRMWARE");
  refuseEmpty(image);
  refuseSmallerThan(image, 512, text`a firmware`);
  refuseLargerThan(image, partitionSize(region), text`firmware`);
  refuseOtherArchitecture(image, board);
  refuseOtherProduct(image, FIRMWARE_PRODUCT_ID, (productId) => productId >> 12 === 1);
  if (startsProgram(image.bytes, region.start, image.bytes.length)) return;
  throw badImage(
    image.name,
    text`its vector table is not valid for a program at ${hex(region.start)}`,
    { offset: 0 },
  );
}

export function checkRomfs(image: Image): void {
  checkWholeRomfs(image, partitionSize(partitionNamed(partitions, "ROMFS0")), text`ROMFS`);
}

/**
 * Returns true if the bytes begin with a possible vector table: the stack in one of the chip's RAMs
 * (0x20000000..0x3FFFFFFF; inferred), an odd reset vector inside the program.
 * @param length size of the whole program in bytes.
 */
export function startsProgram(bytes: Uint8Array, address: number, length: number): boolean {
  const table = VectorTable.tryDecode(bytes);
  if (!table) return false;
  const { initialStackPointer: stack, resetVector: reset } = table;
  return stack >= 0x2000_0000 && stack <= 0x4000_0000 && stack % 4 === 0 &&
    reset % 2 === 1 && reset > address && reset < address + length;
}

/** Refuses a program that contains USB device descriptors of OpenMV, but not this camera's. */
function refuseOtherProduct(
  image: Image,
  own: number,
  concerns: (productId: number) => boolean,
): void {
  const found = findDeviceDescriptors(image.bytes, OPENMV_VENDOR_ID)
    .filter(({ productId }) => concerns(productId));
  if (found.length === 0 || found.some(({ productId }) => productId === own)) return;
  const [{ offset, productId }] = found;
  throw wrongBoard(
    image,
    offset,
    text`USB id ${usbId(OPENMV_VENDOR_ID, productId)}`,
    text`another camera`,
  );
}

function wrongBoard(image: Image, offset: number, reason: Words, other: Words): UnbrickError {
  return new UnbrickError(
    "wrong-board",
    text`${image.name} is made for ${other}, not for the ${board.name} (at offset ${hex(offset, 1)}:
      ${reason}).`,
    { file: image.name, offset, reason: String(reason), board: board.id },
  );
}
