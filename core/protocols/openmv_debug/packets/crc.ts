/** Checksums of protocol V2, most significant bit first (openmv-boards.md 7.3). */

/** Returns the checksum of a header: polynomial 0xF94F, 16 bits. */
export function crc16(bytes: Uint8Array): number {
  return remainder(bytes, 16, 0xF94F);
}

/** Returns the checksum of a payload: polynomial 0xFA567D89, 32 bits. */
export function crc32(bytes: Uint8Array): number {
  return remainder(bytes, 32, 0xFA567D89);
}

/** Calculates a CRC: initial value all ones, no reflection, no final XOR. */
function remainder(bytes: Uint8Array, bits: 16 | 32, polynomial: number): number {
  const top = 1 << (bits - 1), mask = bits === 16 ? 0xFFFF : 0xFFFF_FFFF;
  let crc = mask;
  for (const byte of bytes) {
    crc ^= byte << (bits - 8);
    for (let bit = 0; bit < 8; bit++) crc = (crc & top ? crc << 1 ^ polynomial : crc << 1) & mask;
  }
  return crc >>> 0;
}
