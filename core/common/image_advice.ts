import { type Sought, whereToGet } from "./addresses.ts";
import type { ErrorData } from "./errors.ts";
import { text, type Words } from "./text.ts";

/** What to do about images that are missing. */

/**
 * Advice for an image that no firmware release contains: where it is, and three ways to name it.
 */
export function companionAdvice({ comesWith, role }: ErrorData): Words[] {
  const folder = comesWith === "se-tools" ? text`Alif's SE Tools` : "OpenMV IDE";
  return [
    text`Firmware releases do not contain it; it comes with ${folder}. Import it once from the
      folder of ${folder}: unbrick images import FOLDER`,
    text`Or name that folder as well, after the release: --images FOLDER`,
    text`Or name the file: --image ${String(role)}=FILE`,
    whereToGet(comesWith === "se-tools" ? "se-tools" : "openmv-ide"),
  ];
}

/** Returns the option that makes do with the images that are there. */
export function partAlone({ bootloaderOnly, romfsOnly }: ErrorData): Words[] {
  return [
    ...(bootloaderOnly === true
      ? [text`To write the bootloader alone, add --bootloader-only.`]
      : []),
    ...(romfsOnly === true ? [text`To write the ROMFS alone, add --only romfs.`] : []),
  ];
}

/** Returns where to get the images that an error names: OpenMV's firmware, unless it says more. */
export function placesToGet({ whereToGet: known }: ErrorData): Words[] {
  return Array.isArray(known) ? (known as Sought[]).map(whereToGet) : [whereToGet("firmware")];
}
