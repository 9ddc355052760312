import { builtin } from "../../core/common/builtin.ts";
import type { BoardImages } from "../../core/image/image.ts";
import { boardImages } from "../../core/image/board_images.ts";
import { loadImage } from "../../core/image/load.ts";
import { sampleRomfs } from "../../core/image/sample.ts";
import { fillSampleBody } from "../../core/image/sample_body.ts";
import { indexOf } from "../../core/image/search.ts";
import { simulationMarkBytes } from "../../core/image/simulation_mark.ts";
import { buildFlexspiConfig } from "../../core/protocols/mboot/packets/flexspi_config.ts";
import { encodeIvt } from "../../core/protocols/sdp/packets/ivt.ts";
import {
  BLOCK,
  FIRMWARE_IVT,
  FIRMWARE_VECTORS,
  FLASH_SIZE,
  FLASHLOADER_LOAD,
  PAGE,
  ram,
  regions,
  SBL_SELF,
  SBL_START,
  SECTOR,
} from "./memory_map.ts";
import { VectorTable } from "../../core/common/vector_table.ts";

/**
 * Makes programs for the simulated camera: the headers that checks and the ROM read, a seal (a
 * text, and a SHA-256 of everything before it as the last 32 bytes), by which the model recognises
 * a damaged program, which would crash on a real chip; and the mark that keeps them off real
 * devices. Without that mark they are for tests in which a model plays a real device.
 */

const DIGEST = 32;
const SEAL = new TextEncoder().encode("unbrick sample, sealed");

export interface SampleOptions {
  /** Bytes. */
  readonly size?: number;
  readonly version?: string;
  /** Default true. */
  readonly simulationOnly?: boolean;
}

/** Versions of the made-up images; NXP's loader is K2.8.0 in all cameras. */
const bundledVersion = "5.0.0", loaderVersion = "2.8.0";
/** The versions in a simulated camera as it leaves the factory: older ones. */
const factoryVersion = "4.8.1";

/** Returns the made-up images of the camera, as in images/; the same at every call. */
export const sampleImages = (): BoardImages => bundled ??= makeImages(bundledVersion, true);
/** Returns the images in a simulated camera at the start. */
export const factoryImages = (): BoardImages => factory ??= makeImages(factoryVersion, true);
/**
 * Returns the same as `sampleImages`, but without the mark that keeps them off real devices: for
 * tests.
 */
export const unmarkedImages = (): BoardImages => makeImages(bundledVersion, false);
let bundled: BoardImages | undefined, factory: BoardImages | undefined;

function makeImages(version: string, simulationOnly: boolean): BoardImages {
  const image = (role: string, name: string, version: string, bytes: Uint8Array) =>
    loadImage(bytes, { role, name, source: "made up", version, simulationOnly });
  const romfs = { size: 40_960, seed: "OPENMV_RT1060", version, simulationOnly };
  const options = { version, simulationOnly };
  return boardImages("made-up images of the OpenMV Cam RT1062", [
    image("flashloader", "sdphost_flash_loader.bin", loaderVersion, sampleFlashloader(options)),
    image("bootloader", "blhost_flash_loader.bin", loaderVersion, sampleBootloader(options)),
    image("firmware", "firmware.bin", version, sampleFirmware(options)),
    image("romfs0", "romfs0.img", version, sampleRomfs(romfs)),
  ]);
}

/**
 * Returns a program like sdphost_flash_loader.bin: IVT for 0x20001C00, vectors at 0x400
 * (imxrt-sdp-flashloader.md A6).
 */
export function sampleFlashloader(options: SampleOptions = {}): Uint8Array<ArrayBuffer> {
  const { size = 20_132 } = options;
  const self = FLASHLOADER_LOAD;
  const bytes = body("flashloader", size);
  bytes.set(encodeIvt({ entry: 0x2000_2401, self, start: self, length: size }));
  VectorTable.write(bytes, 0x400, { initialStackPointer: 0x2021_6400, resetVector: 0x2000_2401 });
  return sealed(bytes, 0x40, options);
}

/** Returns a program like blhost_flash_loader.bin: IVT for 0x20001000, vectors at 0x1000. */
export function sampleBootloader(options: SampleOptions = {}): Uint8Array<ArrayBuffer> {
  const { size = 31_320 } = options;
  const bytes = body("bootloader", size);
  const length = size + SECTOR;
  bytes.set(encodeIvt({ entry: 0x2000_2401, self: SBL_SELF, start: SBL_START, length }));
  VectorTable.write(bytes, 0x1000, { initialStackPointer: 0x2020_d200, resetVector: 0x2000_2401 });
  return sealed(bytes, 0x40, options);
}

/**
 * Returns a program like firmware.bin: its own FCB, an IVT at 0x1000, vectors at 0x2000 (section
 * 0).
 */
export function sampleFirmware(options: SampleOptions = {}): Uint8Array<ArrayBuffer> {
  const { size = 262_180, version = bundledVersion } = options;
  const { start } = regions.firmware;
  const bytes = body(`firmware ${version}`, size);
  bytes.fill(0xff, 0, FIRMWARE_IVT);
  bytes.set(sampleFcb());
  const self = start + FIRMWARE_IVT, vectors = start + FIRMWARE_VECTORS;
  bytes.set(encodeIvt({ entry: vectors, self, start, length: size }), FIRMWARE_IVT);
  VectorTable.write(bytes, FIRMWARE_VECTORS, {
    initialStackPointer: ram.dtcm.start + ram.dtcm.size,
    resetVector: start + 0x3001,
  });
  bytes.set(new TextEncoder().encode("OMVRT1060 32768 SDRAM\0"), 0x3100);
  return sealed(bytes, 0x1040, options);
}

/** Returns the configuration block that the flashloader makes for this camera's flash. */
export function sampleFcb(): Uint8Array {
  const chip = { flashSize: FLASH_SIZE, pageSize: PAGE, sectorSize: SECTOR, blockSize: BLOCK };
  return buildFlexspiConfig(chip, 8);
}

/** Returns false for a damaged made-up program; other programs cannot be judged and pass. */
export function isIntact(program: Uint8Array): boolean {
  if (indexOf(program, SEAL) < 0) return true;
  const end = program.length - DIGEST;
  const sum = digest(program.subarray(0, end));
  return sum.every((byte, at) => byte === program[end + at]);
}

function body(seed: string, size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  fillSampleBody(bytes, `RT1062 ${seed}`);
  return bytes;
}

/** Adds the seal at `at`, the mark 0x20 bytes later, and the checksum at the end. */
function sealed(
  bytes: Uint8Array<ArrayBuffer>,
  at: number,
  { simulationOnly = true }: SampleOptions,
): Uint8Array<ArrayBuffer> {
  bytes.set(SEAL, at);
  if (simulationOnly) bytes.set(simulationMarkBytes, at + 0x20);
  const end = bytes.length - DIGEST;
  bytes.set(digest(bytes.subarray(0, end)), end);
  return bytes;
}

function digest(bytes: Uint8Array): Uint8Array {
  return builtin.crypto.createHash("sha256").update(bytes).digest();
}
