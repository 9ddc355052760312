import { type Atoc, readAtoc } from "../../core/protocols/alif_isp/packets/atoc.ts";
import {
  BOOTLOADER_ADDRESS,
  BOOTLOADER_SIZE,
  parts,
} from "../../core/protocols/alif_isp/packets/memory_map.ts";
import { checkSoundToc, checkTocFits } from "../../core/protocols/alif_isp/packets/toc_check.ts";
import { UnbrickError } from "../../core/common/errors.ts";
import { hex, usbId } from "../../core/common/format.ts";
import { badImage } from "../../core/image/bad_image.ts";
import { namesBoard, refuseOtherArchitecture } from "../../core/image/architectures.ts";
import { refuseEmpty, refuseLargerThan, refuseSmallerThan } from "../../core/image/check.ts";
import type { Image } from "../../core/image/image.ts";
import { findDeviceDescriptors } from "../../core/image/inspect.ts";
import { knownFormat } from "../../core/image/foreign.ts";
import { refuseOtherAddress } from "../../core/image/load.ts";
import { isResetVectorIn } from "../../core/image/vector_check.ts";
import { checkRomfs as checkWholeRomfs } from "../../core/image/romfs.ts";
import { OPENMV_VENDOR_ID } from "../../core/openmv_bootloader/identity.ts";
import { consentForUnmarked } from "../../core/plan/consents.ts";
import type { Consent } from "../../core/plan/operator.ts";
import { partitionNamed, partitionSize } from "../../core/openmv_bootloader/partition.ts";
import { ae3, BOOTLOADER_PRODUCT_ID, partitions } from "./boards.ts";
import { VectorTable } from "../../core/common/vector_table.ts";
import { text } from "../../core/common/text.ts";

/**
 * Refuses images that cannot be right for an AE3, before any device is accessed. Pure functions.
 */

const LEAST_PROGRAM = 512;

/**
 * Checks bootloader.bin: inside its region, starts there, and any USB device it names is this
 * camera's (alif-isp.md C.7).
 * @throws UnbrickError `bad-image`, `wrong-board`.
 */
export function checkBootloader(image: Image): void {
  refuseEmpty(image);
  refuseSmallerThan(image, LEAST_PROGRAM, text`a bootloader`);
  refuseLargerThan(image, BOOTLOADER_SIZE, text`bootloader`);
  refuseOtherAddress(image, BOOTLOADER_ADDRESS);
  refuseBadStart(image, BOOTLOADER_ADDRESS);
  const products = findDeviceDescriptors(image.bytes, OPENMV_VENDOR_ID);
  if (products.length === 0 || products.some((one) => one.productId === BOOTLOADER_PRODUCT_ID)) {
    return;
  }
  const [{ productId, offset }] = products;
  throw new UnbrickError(
    "wrong-board",
    text`${image.name} is for the USB device ${usbId(OPENMV_VENDOR_ID, productId)}, which is not
      the ${ae3.name}.`,
    { file: image.name, offset, productId, board: ae3.id },
  );
}

/** Entries whose images `flash` replaces, and the partition of each (alif-isp.md C.7). */
const firmwareEntries: Readonly<Record<string, string>> = { HP_APP: "HP", HE_APP: "HE" };

/**
 * Checks firmware_pad.toc alone: every byte under a checksum, hash or signature is right, and the
 * firmware entries have the addresses to which firmware is written.
 * @throws UnbrickError `bad-image`
 */
export function checkTocAlone(image: Image): Atoc {
  refuseOtherAddress(image, partitionNamed(partitions, "TOC").start);
  refuseOtherPart(image);
  const toc = checkSoundToc(image);
  for (const { name, chain } of toc.entries) {
    const partition = Object.hasOwn(firmwareEntries, name) ? firmwareEntries[name] : undefined;
    const address = chain?.content.storeAddress;
    if (partition === undefined || address === undefined) continue;
    const { start } = partitionNamed(partitions, partition);
    if (address === start) continue;
    throw badImage(
      image.name,
      text`its entry ${name} is at ${hex(address)}, and that firmware at ${hex(start)}`,
    );
  }
  return toc;
}

/**
 * Refuses a table that names another part; its size alone does not show the part (alif-isp.md 0.8).
 */
function refuseOtherPart({ name, bytes }: Image): void {
  const toc = readAtoc(bytes);
  if (!("entries" in toc) || toc.part === undefined) return;
  const { part } = toc;
  if (parts.some((one) => one.part === part)) return;
  throw new UnbrickError(
    "wrong-board",
    text`${name} is a table of contents for the part ${part}, which no ${ae3.name} has.`,
    { file: name, part },
  );
}

/** Checks firmware_pad.toc with the bootloader that it must describe. @throws `bad-image`. */
export function checkToc(image: Image, bootloader: Image): Atoc {
  const toc = checkTocAlone(image);
  checkTocFits(toc, image.name, bootloader);
  return toc;
}

/** Checks that firmware_M55_HP.bin starts in its partition (openmv-boards.md 5.3). */
export function checkHpFirmware(image: Image): void {
  checkFirmware(image, "HP");
  refuseBadStart(image, partitionNamed(partitions, "HP").start);
  refuseOtherArchitecture(image, ae3);
}

/**
 * Checks firmware_M55_HE.bin. Its layout is not documented: a file that is not a program and the
 * other core's image are refused; without any sign of a program for this core, a consent is needed.
 */
export function checkHeFirmware(image: Image): void {
  checkFirmware(image, "HE");
  const other = knownFormat(image.bytes);
  if (other) throw badImage(image.name, text`it is ${other}, not a program`, { offset: 0 });
  refuseOtherArchitecture(image, ae3);
  const { start, end } = partitionNamed(partitions, "HP");
  const table = VectorTable.decode(image.bytes);
  if (table.resetVector < start || table.resetVector >= end) return;
  throw badImage(image.name, text`it is the firmware of the other core, the M55-HP`, { offset: 4 });
}

/** Undefined if the program for the M55-HE starts in its partition, or names this camera. */
export function consentForHe({ name, bytes }: Image): Consent | undefined {
  const { start } = partitionNamed(partitions, "HE");
  const { resetVector } = VectorTable.decode(bytes);
  if (isResetVectorIn(resetVector, start, bytes.length)) return undefined;
  return namesBoard(bytes, ae3) ? undefined : consentForUnmarked(name, ae3.name);
}

function checkFirmware(image: Image, partition: string): void {
  const region = partitionNamed(partitions, partition);
  refuseEmpty(image);
  refuseSmallerThan(image, LEAST_PROGRAM, text`a firmware`);
  refuseLargerThan(image, partitionSize(region), partition);
  refuseOtherAddress(image, region.start);
}

export function checkRomfs(image: Image, partition: string): void {
  checkWholeRomfs(image, partitionSize(partitionNamed(partitions, partition)), partition);
}

function refuseBadStart({ name, bytes }: Image, address: number): void {
  const { resetVector } = VectorTable.decode(bytes);
  if (isResetVectorIn(resetVector, address, bytes.length)) return;
  throw badImage(
    name,
    text`its reset vector ${hex(resetVector)} is not an odd address from ${hex(address)} to
      ${hex(address + bytes.length)}`,
    { offset: 4 },
    { resetVector, address },
  );
}
