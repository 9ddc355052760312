import { isKind } from "../common/errors.ts";
import { isOtaTrailer, trailerOffsets, trailerSector } from "./ota_trailer.ts";
import { type ReadAt, type Romfs, romfsAt } from "./romfs.ts";

/** Whose file system a camera's ROMFS region holds. It has no checksum, so this is all that tells. */
export type RomfsOwner =
  /** Blank, or nothing whole: nothing is lost. */
  | { readonly owner: "nobody" }
  /** It begins as a known image: that one, or what an interrupted write of it left. */
  | { readonly owner: "known" }
  /** A whole file system of unknown origin. */
  | { readonly owner: "user"; readonly romfs: Romfs }
  /** An application that openmv-ota put there. */
  | { readonly owner: "ota" };

/** Bytes at the start of a ROMFS by which it is known: the first block that a bootloader writes. */
export const romfsHeadSize = 4096;

/**
 * Looks at a region (openmv-runtime.md 3.4, 3.5).
 *
 * @param size of the region, bytes
 * @param known the first 4 KiB of each known image, or all of a smaller one
 * @throws as `readAt`
 */
export async function romfsOwner(
  readAt: ReadAt,
  size: number,
  known: readonly Uint8Array[],
): Promise<RomfsOwner> {
  for (const offset of trailerOffsets(size)) {
    if (isOtaTrailer(await sectorAt(readAt, offset))) return { owner: "ota" };
  }
  const head = await readAt(0, Math.min(romfsHeadSize, size));
  if (isBlank(head)) return { owner: "nobody" };
  if (known.some((one) => isBegunAs(head, one))) return { owner: "known" };
  const romfs = await romfsAt(readAt, size);
  return romfs ? { owner: "user", romfs } : { owner: "nobody" };
}

/** The last sector of an H7 Plus's flash may refuse to be read (openmv-runtime.md 3.2): no trailer then. */
async function sectorAt(readAt: ReadAt, offset: number): Promise<Uint8Array> {
  try {
    return await readAt(offset, trailerSector);
  } catch (error) {
    if (isKind(error, "timeout", "stalled", "device-status")) return new Uint8Array();
    throw error;
  }
}

function isBlank(head: Uint8Array): boolean {
  const [first] = head;
  return (first === 0xFF || first === 0x00) && head[1] === first && head[2] === first;
}

/** Equal to the known beginning, or blank from where an interrupted write of it did not get to. */
function isBegunAs(head: Uint8Array, known: Uint8Array): boolean {
  const differs = known.findIndex((byte, at) => head[at] !== byte);
  if (differs < 0) return true;
  return differs >= 3 && head.subarray(differs, known.length).every((byte) => byte === 0xFF);
}
