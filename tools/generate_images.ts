import { ae3 } from "../boards/openmv_ae3/boards.ts";
import { sampleImages as ae3Images } from "../boards/openmv_ae3/samples.ts";
import { board as n6, FLASH_BASE as N6_FLASH } from "../boards/openmv_n6/boards.ts";
import { sampleImages as n6Images } from "../boards/openmv_n6/samples.ts";
import { rt1062 } from "../boards/openmv_rt1062/boards.ts";
import { FLASHLOADER_LOAD, regions as rt1062Regions } from "../boards/openmv_rt1062/memory_map.ts";
import { sampleImages as rt1062Images } from "../boards/openmv_rt1062/samples.ts";
import { boards as stm32Boards, type Stm32Board } from "../boards/openmv_stm32/boards.ts";
import { FLASH_BASE } from "../boards/openmv_stm32/chips.ts";
import { sampleImages as stm32Images } from "../boards/openmv_stm32/samples.ts";
import { hex } from "../core/common/format.ts";
import { sha256 } from "../core/common/sha256.ts";
import { type ManifestJson, manifestSchema } from "../core/image/manifest.ts";
import { sampleRomfs, sampleStm32Firmware } from "../core/image/sample.ts";
import { partitionNamed } from "../core/openmv_bootloader/partition.ts";
import { replaceFile } from "./files.ts";

/**
 * Writes images/: simulation-only images for the cameras that can be restored, and their manifest.
 * The result is the same on every machine; tests/images_test.ts compares it with the committed
 * files.
 */

/** A file of images/ before its size and hash are known. */
interface Sample {
  readonly folder: string;
  readonly role: string;
  readonly fileName: string;
  /** Omitted for an image that is not written anywhere. */
  readonly address?: number;
  readonly version: string;
  readonly bytes: Uint8Array;
}

const firmwareVersion = "5.0.0";

function stm32Samples(board: Stm32Board): Sample[] {
  const addresses: Readonly<Record<string, number>> = {
    bootloader: FLASH_BASE,
    firmware: partitionNamed(board.partitions, "FIRMWARE").start,
    romfs0: partitionNamed(board.partitions, "ROMFS0").start,
  };
  return stm32Images(board).all.map(({ role, name, version, bytes }) => ({
    folder: board.folder,
    role,
    fileName: name,
    address: addresses[role],
    version: version!,
    bytes,
  }));
}

function romfsSample(folder: string, address: number, size: number): Sample {
  return {
    folder,
    role: "romfs0",
    fileName: "romfs0.img",
    address,
    version: firmwareVersion,
    bytes: sampleRomfs({ size, seed: folder, version: firmwareVersion, simulationOnly: true }),
  };
}

/**
 * The address of each image of the N6: in flash, or in RAM for the two helpers
 * (stm32n6-serial-boot.md B).
 */
const n6Addresses: Readonly<Record<string, number>> = {
  "bootloader": N6_FLASH,
  "fsbl": 0x3418_0000,
  "external-loader": 0x3800_0000,
  "firmware": N6_FLASH + 0x8_0000,
  "romfs0": N6_FLASH + 0x80_0000,
};

function n6Samples(): Sample[] {
  return n6Images().all.map(({ role, name, version, bytes }) => ({
    folder: n6.folder,
    role,
    fileName: name,
    ...(n6Addresses[role] !== undefined && { address: n6Addresses[role] }),
    version: version!,
    bytes,
  }));
}

/** The flashloader goes into RAM, the rest into flash (imxrt-sdp-flashloader.md 0). */
const rt1062Addresses: Readonly<Record<string, number>> = {
  flashloader: FLASHLOADER_LOAD,
  bootloader: rt1062Regions.bootloader.start,
  firmware: rt1062Regions.firmware.start,
  romfs0: rt1062Regions.romfs0.start,
};

function rt1062Samples(): Sample[] {
  return rt1062Images().all.map(({ role, name, version, bytes }) => ({
    folder: rt1062.folder,
    role,
    fileName: name,
    address: rt1062Addresses[role],
    version: version!,
    bytes,
  }));
}

/** Returns the camera's files, and a system package for both variants of its chip. */
function ae3Samples(): Sample[] {
  return ae3Images().all.map(({ role, name, address, version, bytes }) => ({
    folder: ae3.folder,
    role,
    fileName: name,
    ...(address !== undefined && { address }),
    version: version!,
    bytes,
  }));
}

/** Folder, architecture string, product id of the running camera (openmv-boards.md 1.1), sizes. */
const arduinoBoards = [
  ["ARDUINO_PORTENTA_H7", "PORTENTA H7 8192 SDRAM", 0x045B, 311_300, 32_768],
  ["ARDUINO_GIGA", "GIGA H7 8192 SDRAM", 0x0466, 305_156, 36_864],
  ["ARDUINO_NICLA_VISION", "NICLAV H7 1024", 0x055F, 294_916, 40_960],
] as const;

/** Addresses of the Arduino boards: openmv-boards.md 3.6. Their bootloader is Arduino's own. */
function arduinoSamples(): Sample[] {
  return arduinoBoards.flatMap(([folder, archString, usbProductId, size, romfs]) => [
    {
      folder,
      role: "firmware",
      fileName: "firmware.bin",
      address: 0x0804_0000,
      version: firmwareVersion,
      bytes: sampleStm32Firmware({
        ramBase: 0x2000_0000,
        ramSize: 0x2_0000,
        flashBase: 0x0804_0000,
        archString,
        usbVendorId: 0x2341,
        usbProductId,
        size,
        version: firmwareVersion,
        simulationOnly: true,
      }),
    },
    romfsSample(folder, 0x90B0_0000, romfs),
  ]);
}

/** Returns every file of images/ by its path there, the manifest last. */
export function generateImages(): Map<string, Uint8Array> {
  const samples = [
    ...stm32Boards.flatMap(stm32Samples),
    ...rt1062Samples(),
    ...n6Samples(),
    ...ae3Samples(),
    ...arduinoSamples(),
  ];
  const files = new Map<string, Uint8Array>();
  const manifest: ManifestJson = { schema: manifestSchema, files: [] };
  for (const { folder, role, fileName, address, version, bytes } of samples) {
    const path = `${folder}/${fileName}`;
    files.set(path, bytes);
    manifest.files.push({
      folder,
      role,
      path,
      ...(address !== undefined && { address: hex(address) }),
      size: bytes.length,
      sha256: sha256(bytes),
      version: `${version}-simulation`,
      source: "made up by tools/generate_images.ts",
      licence: "MIT",
      simulationOnly: true,
    });
  }
  files.set("manifest.json", new TextEncoder().encode(JSON.stringify(manifest, null, 2) + "\n"));
  return files;
}

if (import.meta.main) {
  const images = new URL("../images/", import.meta.url);
  await Deno.remove(images, { recursive: true }).catch(() => undefined);
  for (const [path, bytes] of generateImages()) await replaceFile(new URL(path, images), bytes);
}
