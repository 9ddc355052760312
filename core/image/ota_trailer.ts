import { builtin } from "../common/builtin.ts";
import { constant, struct, u32 } from "../common/struct.ts";

/**
 * Slots of openmv-ota in a ROMFS region (openmv-runtime.md 3.5): one, or two of half the region each.
 * A slot has a ROMFS at its start and, in its last sector, a trailer that vouches for it.
 */

/** Bytes of the sector with the trailer, and of what is read to look for one. */
export const trailerSector = 4096;

/** Header of a trailer; behind it the meta data, the signature and a CRC-32 of it all. */
const TrailerHeader = struct("openmv-ota trailer", {
  magic: constant(u32, 0x5256_4D4F), // "OMVR"
  headerVersion: u32,
  bodySize: u32,
  padSize: u32,
  metaSize: u32,
  signatureSize: u32,
}, 80);

/** Offsets in a region of `size` bytes where a slot may have its trailer. */
export function trailerOffsets(size: number): readonly number[] {
  const half = Math.floor(size / 2 / trailerSector) * trailerSector;
  return [half, size].map((end) => end - trailerSector).filter((at) => at >= 0);
}

/** True if a trailer whose CRC is right stands at the start of the sector. */
export function isOtaTrailer(sector: Uint8Array): boolean {
  const header = TrailerHeader.tryDecode(sector);
  if (!header) return false;
  const end = TrailerHeader.size + header.metaSize + header.signatureSize;
  if (end + 4 > sector.length) return false;
  return builtin.zlib.crc32(sector.subarray(0, end)) === u32.read(sector, end);
}
