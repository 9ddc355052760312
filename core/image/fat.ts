/**
 * Returns true if the bytes begin like a camera's file system: FAT without a partition table
 * (openmv-runtime.md 3.1), with a jump, and 55 AA at the end of the boot sector.
 */
export function isFatVolume(bytes: Uint8Array): boolean {
  const [first] = bytes;
  return bytes.length >= 512 && (first === 0xEB || first === 0xE9) &&
    bytes[510] === 0x55 && bytes[511] === 0xAA;
}
