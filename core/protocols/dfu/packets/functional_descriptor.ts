import { concat } from "../../../common/bytes.ts";
import { constant, padding, struct, u16, u8 } from "../../../common/struct.ts";
import { descriptorsIn } from "../../../transport/usb/descriptors.ts";

/** bcdDFUVersion of DfuSe, ST's extension. */
export const DFUSE_VERSION = 0x011a;

/** The 9 bytes of a DFU functional descriptor (dfu-dfuse.md A1). */
export const FunctionalBytes = struct("DFU functional descriptor", {
  bLength: padding(1, 9),
  bDescriptorType: constant(u8, 0x21),
  /** Bits: 0 can download, 1 can upload, 2 manifestation tolerant, 3 will detach. */
  bmAttributes: u8,
  /** Milliseconds. */
  wDetachTimeOut: u16,
  /** Most bytes of one DNLOAD or UPLOAD. */
  wTransferSize: u16,
  bcdDFUVersion: u16,
});

/** The content of a functional descriptor. */
export interface FunctionalDescriptor {
  readonly canDownload: boolean;
  readonly canUpload: boolean;
  readonly manifestationTolerant: boolean;
  /** The device leaves the bus by itself after DETACH. */
  readonly willDetach: boolean;
  /** Milliseconds. */
  readonly wDetachTimeOut: number;
  /** Most bytes of one DNLOAD or UPLOAD. */
  readonly wTransferSize: number;
  /** 0x0100 for the 7-byte form. */
  readonly bcdDFUVersion: number;
}

/** The bytes that the 7-byte form of DFU 1.0 omits. */
const DFU_1_0 = Uint8Array.of(0x00, 0x01);

/**
 * Finds the functional descriptor among class descriptors. The type number is also that of the HID
 * descriptor, so pass only what follows an interface of class FE, subclass 01. Returns undefined if
 * there is none of at least 7 bytes.
 */
export function findFunctionalDescriptor(extra: Uint8Array): FunctionalDescriptor | undefined {
  for (const piece of descriptorsIn(extra)) {
    const whole = piece.length < FunctionalBytes.size
      ? concat([piece.subarray(0, 7), DFU_1_0])
      : piece;
    const found = FunctionalBytes.tryDecode(whole);
    if (!found) continue;
    const { bmAttributes, ...numbers } = found;
    const has = (bit: number) => (bmAttributes & 1 << bit) !== 0;
    return {
      canDownload: has(0),
      canUpload: has(1),
      manifestationTolerant: has(2),
      willDetach: has(3),
      ...numbers,
    };
  }
  return undefined;
}
