import type { BoardImages, Image } from "../../core/image/image.ts";
import { boardImages } from "../../core/image/board_images.ts";
import { loadImage } from "../../core/image/load.ts";
import {
  sampleRomfs,
  sampleStm32Bootloader,
  sampleStm32Firmware,
} from "../../core/image/sample.ts";
import { fillSampleBody } from "../../core/image/sample_body.ts";
import { simulationMark, simulationMarkBytes } from "../../core/image/simulation_mark.ts";
import { partitionNamed } from "../../core/openmv_bootloader/partition.ts";
import {
  LOADER_ADDRESS,
  LoaderFunctions,
} from "../../core/protocols/serial_boot/packets/external_loader.ts";
import {
  BINARY_TYPE_FSBL,
  buildStm32Image,
} from "../../core/protocols/serial_boot/packets/header_v2.ts";
import { OPEN_BOOTLOADER_ALTERNATES } from "../../core/protocols/serial_boot/model/open_bootloader_descriptors.ts";
import { USUAL_LAYOUT } from "./recovery_files.ts";
import {
  ARCHITECTURE,
  board,
  BOOTLOADER_PRODUCT_ID,
  FIRMWARE_PRODUCT_ID,
  partitions,
} from "./boards.ts";

/** Versions of the made-up images. */
export interface SampleVersions {
  readonly bootloader: string;
  readonly firmware: string;
}

/** The versions in images/. */
export const bundledVersions: SampleVersions = { bootloader: "1.0.3", firmware: "5.0.0" };
/** The versions in a simulated camera as it leaves the factory: older ones. */
export const factoryVersions: SampleVersions = { bootloader: "1.0.2", firmware: "4.8.1" };

/**
 * Where the ROM places an image's code; the stack is in the RAM beside it (stm32n6-serial-boot.md
 * C.2).
 */
const CODE_BASE = 0x3418_0400;

/** Sizes of the files in bytes; for the ROM's images without their header. */
export interface SampleSizes {
  readonly bootloader: number;
  readonly openBootloader: number;
  readonly loader: number;
  readonly firmware: number;
  readonly romfs: number;
}

/** The two helpers are as large as the real ones (D.1). */
export const usualSizes: SampleSizes = {
  bootloader: 90_112,
  openBootloader: 41_792 - 0x400,
  loader: 7_880,
  firmware: 393_220,
  romfs: 57_344,
};
/** The smallest possible sizes, for tests that do something at every transfer. */
export const smallSizes: SampleSizes = {
  bootloader: 0x1210,
  openBootloader: 0x1100,
  loader: 2_100,
  firmware: 0x2210,
  romfs: 4_352,
};

const made = new Map<string, BoardImages>();

/**
 * Returns made-up, simulation-only images with the structure of real ones; the same at every call.
 */
export function sampleImages(versions: SampleVersions = bundledVersions): BoardImages {
  const key = `${versions.bootloader} ${versions.firmware}`;
  const images = made.get(key) ?? makeImages(versions, usualSizes, true);
  made.set(key, images);
  return images;
}

/** @param simulationOnly false: without the mark, for tests in which models count as real. */
export function makeImages(
  versions: SampleVersions,
  sizes: SampleSizes,
  simulationOnly: boolean,
): BoardImages {
  const image = (role: string, version: string, bytes: Uint8Array): Image => {
    const name = board.roles.find((one) => one.role === role)!.fileNames[0];
    return loadImage(bytes, { role, name, source: "made up", version, simulationOnly });
  };
  const layout = simulationOnly ? `# ${simulationMark}\n${USUAL_LAYOUT}` : USUAL_LAYOUT;
  const program = { ramBase: 0x3400_0000, ramSize: 0x2_0000, simulationOnly };
  return boardImages(`made-up images of the ${board.name}`, [
    image("bootloader", versions.bootloader, bootloader()),
    image("fsbl", "1.0.0", openBootloader()),
    image("external-loader", "1.0.0", externalLoader(sizes.loader, simulationOnly)),
    image("flash-layout", "1.0.0", new TextEncoder().encode(layout)),
    image(
      "firmware",
      versions.firmware,
      sampleStm32Firmware({
        ...program,
        flashBase: partitionNamed(partitions, "FIRMWARE").start,
        archString: ARCHITECTURE,
        usbProductId: FIRMWARE_PRODUCT_ID,
        size: sizes.firmware,
        version: versions.firmware,
      }),
    ),
    image(
      "romfs0",
      versions.firmware,
      sampleRomfs({
        size: sizes.romfs,
        seed: board.folder,
        version: versions.firmware,
        simulationOnly,
      }),
    ),
  ]);

  function bootloader(): Uint8Array {
    const code = sampleStm32Bootloader({
      ...program,
      flashBase: CODE_BASE,
      usbProductId: BOOTLOADER_PRODUCT_ID,
      size: sizes.bootloader,
      version: versions.bootloader,
    });
    return buildStm32Image(code, { binaryType: BINARY_TYPE_FSBL });
  }

  /**
   * Returns an image with nothing of OpenBootloader but the text by which the simulated camera
   * knows it.
   */
  function openBootloader(): Uint8Array {
    const code = sampleStm32Bootloader({
      ...program,
      flashBase: CODE_BASE,
      usbProductId: 0,
      size: sizes.openBootloader,
      version: "1.0.0",
      header: false,
    });
    // It contains no OpenMV descriptor, but the name of its first alternate setting, as the real
    // one does.
    code.set(new TextEncoder().encode(OPEN_BOOTLOADER_MARK), 0x0800);
    return buildStm32Image(code, { binaryType: 0 });
  }
}

/** Text by which a simulated camera knows OpenBootloader. */
export const OPEN_BOOTLOADER_MARK = `${OPEN_BOOTLOADER_ALTERNATES[0]}\0`;

/** Functions of the loader that OpenMV ships (C.5); it also has no Read. */
const FUNCTIONS = {
  Init: LOADER_ADDRESS + 0x6D,
  Write: LOADER_ADDRESS + 0xC9,
  SectorErase: LOADER_ADDRESS + 0xF7,
  MassErase: LOADER_ADDRESS + 0x9F,
  CheckSum: LOADER_ADDRESS + 0x13F,
  Verify: LOADER_ADDRESS + 0x1EB,
  Read: 0,
};

function externalLoader(size: number, simulationOnly: boolean): Uint8Array {
  const bytes = new Uint8Array(size);
  fillSampleBody(bytes, "external loader");
  LoaderFunctions.write(bytes, 0, FUNCTIONS);
  if (simulationOnly) bytes.set(simulationMarkBytes, 0x0400);
  return bytes;
}
