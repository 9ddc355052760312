import { concat } from "../../../common/bytes.ts";
import { constant, padding, struct, u16be, u32, u8, type ValueOf } from "../../../common/struct.ts";

/**
 * Image vector table of the i.MX RT ROM, 32 bytes, with a pointer to the boot data
 * (imxrt-sdp-flashloader.md A6).
 */
export const Ivt = struct("IVT", {
  tag: constant(u8, 0xd1),
  length: constant(u16be, 32),
  /** 0x4x. */
  version: u8,
  entry: u32,
  reserved1: padding(4),
  dcd: u32,
  bootData: u32,
  /** Address of the IVT itself when the image runs. */
  self: u32,
  csf: u32,
  reserved2: padding(4),
});
export type Ivt = ValueOf<typeof Ivt>;

/** Boot data of the i.MX RT ROM, 12 bytes (imxrt-sdp-flashloader.md A6). */
export const BootData = struct("boot data", {
  start: u32,
  /** Bytes from `start` to the end of the image. */
  length: u32,
  plugin: u32,
});
export type BootData = ValueOf<typeof BootData>;

/** Returns the IVT at `offset`; undefined if there is none. */
export function ivtAt(bytes: Uint8Array, offset: number): Ivt | undefined {
  const ivt = Ivt.tryDecode(bytes, offset);
  return ivt && ivt.version >> 4 === 4 ? ivt : undefined;
}

/** Returns the boot data that an IVT at `offset` points to; undefined if it is outside `bytes`. */
export function bootDataOf(bytes: Uint8Array, offset: number, ivt: Ivt): BootData | undefined {
  return BootData.tryDecode(bytes, offset + ivt.bootData - ivt.self);
}

/** Encodes an IVT of version 0x40 with its boot data right after it: 44 bytes. */
export function encodeIvt(
  { entry, self, start, length }: { entry: number; self: number; start: number; length: number },
): Uint8Array {
  return concat([
    Ivt.encode({ version: 0x40, entry, dcd: 0, bootData: self + Ivt.size, self, csf: 0 }),
    BootData.encode({ start, length, plugin: 0 }),
  ]);
}
