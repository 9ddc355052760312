import type { Board } from "../../core/family/board.ts";
import type { ImageRole } from "../../core/image/image.ts";
import { baseName } from "../../core/image/release_layout.ts";

/**
 * Where the images of a lock come from, and what is known about their licences (openmv-runtime.md 5.1
 * and 5.3). Facts for the maintainer's decision, not legal advice.
 */

/** Addresses from which the files are taken. */
export interface Sources {
  /** The zip of the firmware release. */
  readonly firmware: string;
  /** The folder that contains the loaders of the N6 and the RT1062; ends with `/`. */
  readonly loaders: string;
  /** The folder that contains Alif's system packages; ends with `/`. */
  readonly packages: string;
}

const raw = "https://raw.githubusercontent.com";
/** openmv/openmv-ota, state August 2026. */
const ota = `${raw}/openmv/openmv-ota/489042fa8fc37665917a225b3c1e916cddb351a7`;
/** micropython/alif-security-toolkit, v1.110.0. */
const toolkit = `${raw}/micropython/alif-security-toolkit/74aff21ca2e325846073ebc1ed4be8b63658ca92`;

/** Returns the public places of a release's files. */
export function usualSources(version: string): Sources {
  const name = `firmware_v${version}.zip`;
  return {
    firmware: `https://github.com/openmv/openmv/releases/download/v${version}/${name}`,
    loaders: `${ota}/src/openmv_ota/data/`,
    packages: `${toolkit}/toolkit/alif/`,
  };
}

/** Folders of the loaders below `loaders`, by the board's folder. */
const loaderFolders: Readonly<Record<string, string>> = {
  OPENMV_N6: "n6_bootloader",
  OPENMV_RT1060: "flashloaders/OPENMV_RT1060",
};

/** Returns the address of an image that is no part of a release; undefined for all others. */
export function companionAddress(
  { folder }: Board,
  { comesWith, fileNames }: ImageRole,
  { loaders, packages }: Sources,
): string | undefined {
  if (comesWith === undefined) return undefined;
  const name = baseName(fileNames[0]);
  return comesWith === "se-tools"
    ? packages + name
    : `${loaders}${loaderFolders[folder] ?? folder}/${name}`;
}

/** What is known about a licence before the maintainer decides. */
export interface LicenceFacts {
  readonly id: string;
  readonly title: string;
  readonly licence: string;
  readonly source: string;
  /** Where its text is, for `unbrick licenses`; left out: the maintainer must give it. */
  readonly notice?: string;
}

const openmv = "https://github.com/openmv/openmv";

export const licences = {
  firmware: {
    id: "openmv-firmware",
    title: "OpenMV firmware and ROMFS: mostly MIT, some parts GPL, some for official hardware or " +
      "non-commercial use only. Redistribution is unclear; OpenMV can be asked.",
    licence: "LicenseRef-OpenMV-firmware",
    source: openmv,
  },
  bootloader: {
    id: "openmv-bootloader",
    title: "OpenMV bootloader: its files have a notice for personal, non-commercial use. " +
      "Redistribution is not clearly allowed; OpenMV can be asked.",
    licence: "LicenseRef-OpenMV-bootloader",
    source: openmv,
  },
  nxp: {
    id: "nxp-flashloader",
    title: "NXP flashloader and secure bootloader: NXP's software licence in NXP's package, " +
      "BSD-3-Clause in the headers of its source. Unclear; NXP can be asked.",
    licence: "LicenseRef-NXP-flashloader",
    source: "https://github.com/openmv/openmv-ota",
  },
  st: {
    id: "st-openbootloader",
    title: "ST OpenBootloader and external loader: SLA0044, binaries may be passed on with its " +
      "notice, for ST parts only. Looks allowed.",
    licence: "LicenseRef-ST-SLA0044",
    source: "https://github.com/STMicroelectronics/STM32CubeN6",
  },
  alif: {
    id: "alif-toolkit",
    title: "Alif's system packages: use and redistribution with Alif's notice, only for Alif's " +
      "products. Looks allowed.",
    licence: "LicenseRef-Alif",
    source: "https://github.com/micropython/alif-security-toolkit",
    notice: `${toolkit}/toolkit/LICENSE`,
  },
} as const satisfies Record<string, LicenceFacts>;

/** Returns the licence of an image. */
export function licenceOf({ chip }: Board, { role, comesWith }: ImageRole): LicenceFacts {
  if (comesWith === "se-tools") return licences.alif;
  if (comesWith === "openmv-ide") return chip.startsWith("STM32") ? licences.st : licences.nxp;
  return role === "bootloader" ? licences.bootloader : licences.firmware;
}
