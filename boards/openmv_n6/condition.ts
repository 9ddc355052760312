import type { SimulationOptions } from "../../core/family/family.ts";
import { isEqual } from "../../core/common/bytes.ts";
import type { FlashMemory } from "../../core/common/flash_memory.ts";
import type { BoardImages } from "../../core/image/image.ts";
import { findDeviceDescriptors } from "../../core/image/inspect.ts";
import { userVolume } from "../../core/image/sample_fat.ts";
import { OPENMV_VENDOR_ID } from "../../core/openmv_bootloader/identity.ts";
import { partitionNamed, partitionSize } from "../../core/openmv_bootloader/partition.ts";
import { parseHeaderV2 } from "../../core/protocols/serial_boot/packets/header_v2.ts";
import { checkStm32Image } from "../../core/protocols/serial_boot/packets/image_check.ts";
import { BOOTLOADER_PRODUCT_ID, FLASH_BASE, partitions } from "./boards.ts";
import { bundledVersions, factoryVersions, sampleImages } from "./samples.ts";
import type { N6Traps } from "./traps.ts";
import { startsProgram } from "./validate.ts";

/**
 * Fills the flash of a simulated N6 as it is at the start, and checks which programs in it would
 * run.
 */

const contents = { bootloader: "BOOTLOADER", firmware: "FIRMWARE", romfs0: "ROMFS0" } as const;
const FIRMWARE = partitionNamed(partitions, "FIRMWARE");

export function fillFlash(
  flash: FlashMemory,
  { condition = "bricked", images }: SimulationOptions,
  { resetLoop, filesDamaged }: N6Traps,
): void {
  if (condition === "blank") return;
  const set = images ?? sampleImages(factoryVersions);
  for (const [role, name] of Object.entries(contents)) {
    const image = set.get(role);
    if (image) flash.load(partitionNamed(partitions, name).start, image.bytes);
  }
  const filesystem = partitionNamed(partitions, "FILESYSTEM");
  const size = partitionSize(filesystem);
  // openmv-runtime.md 3.1
  flash.load(
    filesystem.start,
    userVolume({ size, sectorSize: 4096, clusterSize: 4096 }, filesDamaged),
  );
  // An update that was interrupted: the header is gone.
  if (condition === "bricked") flash.load(FLASH_BASE, new Uint8Array(1024));
  const damage = new Uint8Array(64).fill(0xA5);
  if (resetLoop === "vectors") flash.load(FIRMWARE.start, damage);
  if (resetLoop === "body") flash.load(FIRMWARE.start + 0x2_0000, damage);
}

/**
 * An image whose first bytes are those of a known one must equal it to the end, or it is damaged.
 */
const RECOGNISED_BY = 1024;

/**
 * Returns the image at the start of the bytes if it is an OpenMV bootloader that the ROM would
 * start.
 */
export function runnableBootloader(bytes: Uint8Array): Uint8Array | undefined {
  const header = parseHeaderV2(bytes);
  if (!header) return undefined;
  const image = bytes.subarray(0, header.headerLength + header.payloadLength);
  try {
    checkStm32Image(image, "flash");
  } catch {
    return undefined;
  }
  const isOurs = findDeviceDescriptors(image, OPENMV_VENDOR_ID)
    .some(({ productId }) => productId === BOOTLOADER_PRODUCT_ID);
  return isOurs ? image : undefined;
}

/**
 * Returns true if the firmware would not crash: it has a vector table and, unless `startsDamaged`,
 * is not a damaged copy.
 */
export function runnableFirmware(
  flash: FlashMemory,
  images?: BoardImages,
  startsDamaged = false,
): boolean {
  const read = (length: number) => flash.read(FIRMWARE.start, length);
  if (!startsProgram(read(8), FIRMWARE.start, partitionSize(FIRMWARE))) return false;
  if (startsDamaged) return true;
  const sets = [
    sampleImages(bundledVersions),
    sampleImages(factoryVersions),
    ...(images ? [images] : []),
  ];
  const startsWith = (bytes: Uint8Array) => isEqual(bytes, read(bytes.length));
  const known = sets.flatMap((set) => set.all.filter(({ role }) => role === "firmware"))
    .map(({ bytes }) => bytes)
    .filter((image) => startsWith(image.subarray(0, RECOGNISED_BY)));
  return known.length === 0 || known.some(startsWith);
}
