import type { UnbrickError } from "../../core/common/errors.ts";
import type { GenuineFile } from "./genuine_file.ts";

/** Why a genuine file of a board cannot be used on it. What is not listed here must be accepted. */
export interface TrueRefusal {
  readonly id: string;
  /** What is true of the file, one sentence, and its source. */
  readonly reason: string;
  /** True for the files of which it is true. */
  concerns(file: GenuineFile): boolean;
  /** What the refusal must say. */
  readonly says: RegExp;
}

const isNamed = (pattern: RegExp) => ({ path }: GenuineFile) =>
  pattern.test(path.slice(path.lastIndexOf("/") + 1));
const isBefore = (version: string, { release }: GenuineFile) =>
  /^\d/.test(release) && release.localeCompare(version, "en", { numeric: true }) < 0;

export const trueRefusals: readonly TrueRefusal[] = [
  {
    id: "serial-bootloader",
    reason: "Releases before 4.6.0 have a serial bootloader, without DFU (openmv-runtime.md 5.1).",
    concerns: (file) => isNamed(/^bootloader\./)(file) && isBefore("4.6.0", file),
    says: /old serial bootloader.*releases from 4\.6\.0 on/,
  },
  {
    id: "two-in-one",
    reason: "openmv.bin and openmv.dfu are bootloader and firmware in one (openmv-runtime.md 5.1).",
    concerns: isNamed(/^openmv\./),
    says: /contains bootloader and firmware.*bootloader\.bin and firmware\.bin/,
  },
  {
    id: "no-room",
    reason:
      "Firmware of the M4 before 4.6.0 reaches into the ROMFS of today (openmv-boards.md 5.2).",
    concerns: (file) =>
      isNamed(/^firmware\./)(file) && file.board?.id === "openmv-m4" && isBefore("4.6.0", file),
    says: /the firmware region has only 851968/,
  },
  {
    id: "no-pointer",
    reason:
      "A package counts only with the pointer of its root, which is not there (alif-isp.md C.7).",
    concerns: isNamed(/^SP-AE302F80F55D5[AL]E-.*-dev\.bin$/),
    says: /its pointer file \(offset-58-rev-b4\), of the same root key, is missing/,
  },
];

/** The listed refusal that an error is, for this file; undefined if there is none. */
export function trueRefusal(file: GenuineFile, error: UnbrickError): TrueRefusal | undefined {
  return trueRefusals.find(({ concerns, says }) =>
    concerns(file) && says.test(error.message.replaceAll(/\s+/g, " "))
  );
}
