/**
 * Returns the sum of all bytes modulo 2^32: the checksum of STM32 image headers
 * (stm32n6-serial-boot.md C).
 */
export function byteSum(bytes: Uint8Array): number {
  let sum = 0;
  for (const byte of bytes) sum = (sum + byte) >>> 0;
  return sum;
}
