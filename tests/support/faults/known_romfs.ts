import type { JobOptions } from "../../../core/family/family.ts";
import type { BoardImages } from "../../../core/image/image.ts";
import { romfsHeadSize } from "../../../core/image/romfs_owner.ts";

/** Options with which a job looks at a ROMFS before it overwrites it, and knows those of these sets. */
export function knowing(...sets: readonly BoardImages[]): JobOptions {
  const knownRomfs = sets.flatMap(({ all }) => all.filter(({ role }) => role.startsWith("romfs")))
    .map(({ bytes }) => bytes.slice(0, romfsHeadSize));
  return { romfs: "auto", knownRomfs };
}
