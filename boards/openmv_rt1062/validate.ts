import { UnbrickError } from "../../core/common/errors.ts";
import { byteCount, hex } from "../../core/common/format.ts";
import { badImage } from "../../core/image/bad_image.ts";
import { refuseEmpty, refuseLargerThan, refuseSmallerThan } from "../../core/image/check.ts";
import { cutBlankEnd, withRole } from "../../core/image/blank_end.ts";
import { checkRomfs as checkWholeRomfs } from "../../core/image/romfs.ts";
import type { CheckedImages } from "../../core/family/family.ts";
import type { BoardImages, Image } from "../../core/image/image.ts";
import { flexspiConfigAt } from "../../core/protocols/mboot/packets/flexspi_config.ts";
import { bootDataOf, ivtAt } from "../../core/protocols/sdp/packets/ivt.ts";
import {
  FIRMWARE_IVT,
  FIRMWARE_VECTORS,
  FLASHLOADER_LOAD,
  isFirmwareReset,
  isStackPointer,
  ram,
  regions,
  SBL_SELF,
  SBL_START,
} from "./memory_map.ts";
import { VectorTable } from "../../core/common/vector_table.ts";
import { text } from "../../core/common/text.ts";

/**
 * Refuses images that cannot be right for the camera, before any device is accessed. Pure
 * functions.
 */

/** A program has at least an IVT, boot data and a vector table. */
const SMALLEST_PROGRAM = 0x500;
/** Bytes in a data report of the ROM, which also stores the padding of the last one (A1). */
const ROM_REPORT = 1024;

/** Bytes before the SBL that the ROM copies with it. */
const SBL_HEAD = regions.bootloader.start - regions.fcb.start;

/**
 * Checks the RAM flashloader: an IVT for 0x20001C00 with the file's length (A6), all of it in DTCM.
 * @throws UnbrickError `bad-image`.
 */
export function checkFlashloader(image: Image): void {
  refuseEmpty(image);
  refuseSmallerThan(image, SMALLEST_PROGRAM, text`a flashloader`);
  checkIvt(image, FLASHLOADER_LOAD, FLASHLOADER_LOAD, image.bytes.length);
  const room = ram.dtcm.start + ram.dtcm.size - FLASHLOADER_LOAD;
  refuseLargerThan(image, room - room % ROM_REPORT, text`RAM`);
  refuseAddress(image, FLASHLOADER_LOAD);
}

/**
 * Checks the SBL: an IVT for 0x20001000, which the ROM copies together with the 4 KiB before it.
 */
export function checkBootloader(image: Image): void {
  refuseEmpty(image);
  refuseSmallerThan(image, SMALLEST_PROGRAM, text`a bootloader`);
  refuseLargerThan(image, regions.bootloader.size, text`bootloader`);
  checkIvt(image, SBL_SELF, SBL_START, image.bytes.length + SBL_HEAD);
  refuseAddress(image, regions.bootloader.start);
}

/** Checks firmware.bin: its own FCB, its IVT, and vectors for the firmware region (section 0). */
export function checkFirmware(image: Image): void {
  const { bytes, name } = image;
  refuseEmpty(image);
  refuseSmallerThan(image, FIRMWARE_VECTORS + 0x400, text`firmware for this camera`);
  refuseLargerThan(image, regions.firmware.size, text`firmware`);
  refuseAddress(image, regions.firmware.start);
  if (!flexspiConfigAt(bytes)) {
    throw badImage(name, text`there is no flash configuration block (FCFB)`, { offset: 0 });
  }
  if (!ivtAt(bytes, FIRMWARE_IVT)) {
    throw badImage(name, text`there is no image vector table (IVT)`, { offset: FIRMWARE_IVT });
  }
  const { initialStackPointer, resetVector } = VectorTable.decode(bytes, FIRMWARE_VECTORS);
  if (!isStackPointer(initialStackPointer)) {
    throw badImage(
      name,
      text`the initial stack pointer ${hex(initialStackPointer)} is not in the chip's RAM`,
      { offset: FIRMWARE_VECTORS },
      { initialStackPointer },
    );
  }
  const end = regions.firmware.start + bytes.length;
  if (!isFirmwareReset(resetVector) || resetVector >= end) {
    throw badImage(
      name,
      text`the reset vector ${hex(resetVector)} is not an odd address inside this firmware
        (${hex(regions.firmware.start)} to ${hex(end)})`,
      { offset: FIRMWARE_VECTORS + 4 },
      { resetVector },
    );
  }
}

/** Checks that romfs0.img is complete and fits its region. */
function checkRomfs(image: Image): void {
  checkWholeRomfs(image, regions.romfs0.size, text`ROMFS`);
  refuseAddress(image, regions.romfs0.start);
}

/** Checks for an IVT at the file's start for `self`, with boot data that fits the file. */
function checkIvt({ name, bytes }: Image, self: number, start: number, length: number): void {
  const ivt = ivtAt(bytes, 0);
  if (!ivt) throw badImage(name, text`there is no image vector table (IVT)`, { offset: 0 });
  if (ivt.self !== self) {
    throw badImage(
      name,
      text`its IVT is for address ${hex(ivt.self)}, but this image belongs at ${hex(self)}`,
      { offset: 0x14 },
      { self: ivt.self, expected: self },
    );
  }
  const boot = bootDataOf(bytes, 0, ivt);
  if (!boot) throw badImage(name, text`its boot data is outside the file`, { offset: 0x10 });
  if (boot.start !== start || boot.length !== length) {
    throw badImage(
      name,
      text`its boot data describes ${byteCount(boot.length)} from ${hex(boot.start)}, but the
        file has ${length} from ${hex(start)}`,
      { offset: ivt.bootData - ivt.self },
      { start: boot.start, length: boot.length },
    );
  }
  if (ivt.entry % 2 === 0 || ivt.entry < self || ivt.entry >= self + bytes.length) {
    throw badImage(
      name,
      text`its entry point ${hex(ivt.entry)} is not an odd address inside the image`,
      { offset: 4 },
      { entry: ivt.entry },
    );
  }
}

function refuseAddress({ name, address }: Image, expected: number): void {
  if (address === undefined || address === expected) return;
  throw badImage(
    name,
    text`it is made for address ${hex(address)}, but belongs at ${hex(expected)}`,
    {},
    { address, expected },
  );
}

/** Cuts an SBL that was read from a camera to the size in its boot data, if the rest is blank. */
export function asWritten(images: BoardImages): BoardImages {
  return withRole(images, "bootloader", (image) => {
    const ivt = ivtAt(image.bytes, 0), boot = ivt && bootDataOf(image.bytes, 0, ivt);
    const size = (boot?.length ?? 0) - SBL_HEAD;
    return size > 0 ? cutBlankEnd(image, size) : image;
  });
}

/** Checks each given image. @throws UnbrickError `bad-image`. */
export function checkImages(given: BoardImages): CheckedImages {
  const written = asWritten(given);
  written.all.forEach(checked);
  return { written, needs: [] };
}

/** Checks an image for its role and returns it. */
export function checked(image: Image): Image {
  const check = checks[image.role];
  if (!check) {
    throw new UnbrickError(
      "usage",
      text`The OpenMV Cam RT1062 has no place for a ${image.role}
      image.`,
      {
        role: image.role,
      },
    );
  }
  check(image);
  return image;
}

const checks: Readonly<Record<string, (image: Image) => void>> = {
  flashloader: checkFlashloader,
  bootloader: checkBootloader,
  firmware: checkFirmware,
  romfs0: checkRomfs,
};
