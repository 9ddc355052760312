import { struct, u32 } from "../../../common/struct.ts";

/** Pictures that a camera publishes as its preview (openmv-runtime.md 1.1, 1.4). */

/** Pixel formats of protocol V2. */
export const PixelFormat = { GREY: 0x0802_0001, JPEG: 0x0606_0000 } as const;

/** How a frame begins in protocol V2; its picture is at `offset`. */
export const FrameHead = struct("frame", {
  width: u32,
  height: u32,
  format: u32,
  /** Of a compressed picture, its bytes; otherwise the bytes of a pixel. */
  size: u32,
  offset: u32,
});

/** Bytes before the picture, at the most: 24, or 32 with the alignment of an M7 or M55 (1.4). */
export const MAX_OFFSET = 64;

/** Returns the JPEG in a frame of protocol V2 if it has this many bytes. */
export function jpegIn(frame: Uint8Array, bytes: number): Uint8Array | undefined {
  const head = FrameHead.tryDecode(frame);
  if (!head || head.format !== PixelFormat.JPEG || head.size !== bytes) return undefined;
  if (head.offset < FrameHead.size || head.offset + bytes > frame.length) return undefined;
  return frame.slice(head.offset, head.offset + bytes);
}

/**
 * Returns the length that V1 asks of a frame: never a multiple of a packet, because no empty packet
 * follows one (openmv-runtime.md 1.1).
 */
export function dumpLength(bytes: number): number {
  return bytes % 64 === 0 ? bytes + 1 : bytes;
}
