import { samplePackage } from "../../core/protocols/alif_isp/model/sample/package.ts";
import type { SampleRoot } from "../../core/protocols/alif_isp/model/sample/keys.ts";
import { sampleToc } from "../../core/protocols/alif_isp/model/sample/toc.ts";
import type { BoardImages, Image } from "../../core/image/image.ts";
import { boardImages } from "../../core/image/board_images.ts";
import { loadImage } from "../../core/image/load.ts";
import {
  sampleRomfs,
  sampleStm32Bootloader,
  sampleStm32Firmware,
} from "../../core/image/sample.ts";
import { fillSampleBody } from "../../core/image/sample_body.ts";
import { simulationMarkBytes } from "../../core/image/simulation_mark.ts";
import { partitionNamed } from "../../core/openmv_bootloader/partition.ts";
import {
  ae3,
  ARCHITECTURE,
  BOOTLOADER_PRODUCT_ID,
  FIRMWARE_PRODUCT_ID,
  partitions,
} from "./boards.ts";

/**
 * Made-up images for simulated cameras: with the structure that is checked, but without function.
 */

export interface SampleVersions {
  readonly bootloader: string;
  readonly firmware: string;
  readonly system: string;
}

/** The bundled versions. */
const bundledVersions: SampleVersions = {
  bootloader: "1.0.3",
  firmware: "5.0.0",
  system: "1.110.0",
};
/** The versions in a healthy simulated camera. */
export const factoryVersions: SampleVersions = { ...bundledVersions, firmware: "4.8.1" };

/** Sizes of the made-up files in bytes; the bootloader's is from alif-isp.md C.7. */
export interface SampleSizes {
  readonly bootloader: number;
  readonly hp: number;
  readonly he: number;
  readonly romfs1: number;
  readonly romfs0: number;
  /** Size of each copy of the enclave's firmware. */
  readonly bank: number;
}

const defaultSizes: SampleSizes = {
  bootloader: 45_072,
  hp: 98_308,
  he: 49_156,
  romfs1: 16_384,
  romfs0: 40_960,
  bank: 8_192,
};

export interface SampleOptions {
  readonly versions?: SampleVersions;
  readonly sizes?: SampleSizes;
  /** False: without the mark and flag that prevent writing them to real cameras. */
  readonly simulationOnly?: boolean;
  /** Part for which to make a table of contents of version 2. */
  readonly tocPart?: string;
  /** Root key of the system packages. Default production. */
  readonly root?: SampleRoot;
}

const made = new Map<string, BoardImages>();

/** Returns one of each: the camera's files, and a system package for both variants of the chip. */
export function sampleImages(options: SampleOptions = {}): BoardImages {
  const key = JSON.stringify(options);
  let set = made.get(key);
  if (!set) made.set(key, set = makeImages(options));
  return set;
}

/** Stack and code of the M55-HP (alif-isp.md C.7, inferred). */
const ram = { ramBase: 0, ramSize: 0x4_0000 };

function makeImages(options: SampleOptions): BoardImages {
  const { versions = bundledVersions, sizes = defaultSizes, simulationOnly = true } = options;
  const { root = "production", tocPart } = options;
  const start = (name: string) => partitionNamed(partitions, name).start;
  const program = { ...ram, simulationOnly };
  const image = (role: string, version: string, bytes: Uint8Array, address?: number): Image => ({
    ...loadImage(bytes, {
      role,
      name: ae3.roles.find((one) => one.role === role)!.fileNames[0],
      source: "made up",
      version,
      simulationOnly,
    }),
    ...(address !== undefined && { address }),
  });
  const bootloader = sampleStm32Bootloader({
    ...program,
    flashBase: start("BOOT"),
    usbProductId: BOOTLOADER_PRODUCT_ID,
    size: sizes.bootloader,
    version: versions.bootloader,
  });
  const firmware = (partition: string, size: number) =>
    sampleStm32Firmware({
      ...program,
      flashBase: start(partition),
      archString: ARCHITECTURE,
      usbProductId: FIRMWARE_PRODUCT_ID,
      size,
      version: versions.firmware,
    });
  const hpFirmware = firmware("HP", sizes.hp), heFirmware = firmware("HE", sizes.he);
  const romfs = (seed: string, size: number) =>
    sampleRomfs({ size, seed, version: versions.firmware, simulationOnly });
  const fill = (bytes: Uint8Array, seed: string) => {
    fillSampleBody(bytes, seed);
    if (simulationOnly) bytes.set(simulationMarkBytes, 0x40);
  };
  const flavour = root === "development" ? "-dev" : "";
  const systems = [["ae", "AE302F80F55D5AE"], ["le", "AE302F80F55D5LE"]].map(([short, part]) => ({
    short,
    files: samplePackage({ part, version: versions.system, root, bankSize: sizes.bank, fill }),
  }));
  const [{ files: { pointer, pointerSign } }] = systems;
  return boardImages("generated samples", [
    image("bootloader", versions.bootloader, bootloader, start("BOOT")),
    image(
      "toc",
      versions.bootloader,
      sampleToc({ bootloader, hpFirmware, heFirmware, ...(tocPart && { part: tocPart }) }),
      start("TOC"),
    ),
    image("firmware-hp", versions.firmware, hpFirmware, start("HP")),
    image("firmware-he", versions.firmware, heFirmware, start("HE")),
    image("romfs1", versions.firmware, romfs("OPENMV_AE3 HE", sizes.romfs1), start("ROMFS1")),
    image("romfs0", versions.firmware, romfs("OPENMV_AE3 HP", sizes.romfs0), start("ROMFS0")),
    ...systems.flatMap(({ short, files }) => [
      image(`system-${short}${flavour}`, versions.system, files.image, 0x8058_0000),
      image(`system-${short}${flavour}-sign`, versions.system, files.imageSign),
    ]),
    image(`pointer${flavour}`, versions.system, pointer, 0x805F_FFF0),
    image(`pointer${flavour}-sign`, versions.system, pointerSign),
  ]);
}
