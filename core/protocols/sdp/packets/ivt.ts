/**
 * Image vector table of the i.MX RT ROM: 32 bytes, little-endian, with 12 bytes of boot data behind
 * the pointer (imxrt-sdp-flashloader.md A6).
 */
export interface Ivt {
  readonly entry: number;
  readonly dcd: number;
  readonly bootData: number;
  /** Address at which the IVT itself stands when the image runs. */
  readonly self: number;
  readonly csf: number;
}

/** Boot data of the i.MX RT ROM, 12 bytes (imxrt-sdp-flashloader.md A6). */
export interface BootData {
  readonly start: number;
  /** Bytes from `start` to the end of the image. */
  readonly length: number;
  readonly plugin: number;
}

/** Bytes. */
export const IVT_LENGTH = 32;
export const BOOT_DATA_LENGTH = 12;

/** The IVT at `offset`; undefined if there is none (tag 0xD1, length 32 big-endian, version 0x4x). */
export function ivtAt(bytes: Uint8Array, offset: number): Ivt | undefined {
  if (offset < 0 || offset + IVT_LENGTH > bytes.length) return undefined;
  const [tag, high, low, version] = bytes.subarray(offset, offset + 4);
  if (tag !== 0xd1 || high !== 0 || low !== IVT_LENGTH || version >> 4 !== 4) return undefined;
  const word = wordsAt(bytes, offset);
  return { entry: word(4), dcd: word(12), bootData: word(16), self: word(20), csf: word(24) };
}

/** The boot data that an IVT at `offset` points at; undefined if it lies outside of `bytes`. */
export function bootDataOf(bytes: Uint8Array, offset: number, ivt: Ivt): BootData | undefined {
  const at = offset + ivt.bootData - ivt.self;
  if (at < 0 || at + BOOT_DATA_LENGTH > bytes.length) return undefined;
  const word = wordsAt(bytes, at);
  return { start: word(0), length: word(4), plugin: word(8) };
}

/** An IVT of version 0x40 with its boot data right behind it: 44 bytes. */
export function encodeIvt(
  fields: { entry: number; self: number; start: number; length: number },
): Uint8Array {
  const bytes = new Uint8Array(IVT_LENGTH + BOOT_DATA_LENGTH);
  const view = new DataView(bytes.buffer);
  bytes.set([0xd1, 0x00, IVT_LENGTH, 0x40]);
  view.setUint32(4, fields.entry, true);
  view.setUint32(16, fields.self + IVT_LENGTH, true);
  view.setUint32(20, fields.self, true);
  view.setUint32(32, fields.start, true);
  view.setUint32(36, fields.length, true);
  return bytes;
}

function wordsAt(bytes: Uint8Array, offset: number): (at: number) => number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return (at) => view.getUint32(offset + at, true);
}
