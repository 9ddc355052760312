import type { SeenDevice } from "../device/detected_device.ts";
import { text, type Words } from "../common/text.ts";

/** OpenMV's USB vendor id (openmv-boards.md 0.1). */
export const OPENMV_VENDOR_ID = 0x37C5;

/** Every camera up to firmware 4.5 shared this id (openmv-boards.md 0.1). */
export const SHARED_RUNTIME_ID = { vendorId: 0x1209, productId: 0xABD1 } as const;

/** Product string of the DFU bootloader (openmv-boards.md 1.2). */
export const BOOTLOADER_PRODUCT = "OpenMV Camera (DFU Mode)";

/** Bytes of one block; also wTransferSize of every OpenMV bootloader (openmv-boards.md 5.1). */
export const BLOCK_SIZE = 4096;

/** USB serials that mark the legacy CDC bootloader, high speed and full speed (openmv-boards.md 1.2). */
const LEGACY_SERIALS = ["000000000010", "000000000011"];

/**
 * Returns true for the serial bootloader of cameras up to firmware 4.5, which unbrick does not
 * support.
 */
export function isLegacyBootloader(seen: SeenDevice): boolean {
  return seen.serial !== undefined && LEGACY_SERIALS.includes(seen.serial);
}

/** Returns the title of a device with the shared id. */
export function legacyTitle(seen: SeenDevice): Words {
  return isLegacyBootloader(seen)
    ? text`OpenMV camera in its old serial bootloader (firmware 4.5 or older)`
    : text`OpenMV camera with old firmware (4.5 or older)`;
}

/** Version of an OpenMV bootloader. */
export interface BootloaderVersion {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
}

/**
 * Returns the version in bcdDevice (major << 8 | minor << 4 | patch). 0x0200 means any bootloader
 * before 1.0.2, which reports no version (openmv-boards.md 1.2): undefined.
 */
export function versionFromDescriptor(bcdDevice: number): BootloaderVersion | undefined {
  if (bcdDevice === 0x0200) return undefined;
  return { major: bcdDevice >> 8, minor: bcdDevice >> 4 & 15, patch: bcdDevice & 15 };
}

/** Returns bcdDevice of a bootloader with this version, or of one before 1.0.2. */
export function descriptorOfVersion(version: BootloaderVersion | undefined): number {
  return version ? version.major << 8 | version.minor << 4 | version.patch : 0x0200;
}

/** Returns true if DETACH always starts the firmware: from 1.0.2 on (openmv-boards.md 5.4). */
export function detachLeaves(version: BootloaderVersion | undefined): boolean {
  if (!version) return false;
  const { major, minor, patch } = version;
  return major * 256 + minor * 16 + patch >= 0x102;
}
