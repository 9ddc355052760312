/** Bytes that are read by position: a file on the disk, or memory. */
export interface ByteSource {
  /** Size in bytes. */
  readonly size: number;
  /** Returns the bytes from an offset on; fewer at the end. @throws UnbrickError `not-found` */
  read(offset: number, length: number): Uint8Array;
}

export function inMemory(bytes: Uint8Array): ByteSource {
  return {
    size: bytes.length,
    read: (offset, length) => bytes.slice(offset, offset + length),
  };
}
