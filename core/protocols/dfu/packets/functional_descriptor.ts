/** bcdDFUVersion of DfuSe, ST's extension. */
export const DFUSE_VERSION = 0x011a;

/** DFU functional descriptor: 9 bytes, 7 in DFU 1.0 (dfu-dfuse.md A1). */
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

/** bDescriptorType of the functional descriptor (dfu-dfuse.md A1). */
const TYPE = 0x21;

/**
 * Finds the functional descriptor among class descriptors. The type number is also that of the HID
 * descriptor, so give it only what follows an interface of class FE, subclass 01. Undefined if there
 * is none of at least 7 bytes.
 */
export function findFunctionalDescriptor(extra: Uint8Array): FunctionalDescriptor | undefined {
  for (let at = 0; at + 2 <= extra.length;) {
    const length = extra[at];
    if (length < 2 || at + length > extra.length) return undefined;
    if (extra[at + 1] === TYPE && length >= 7) return parse(extra.subarray(at, at + length));
    at += length;
  }
  return undefined;
}

function parse(bytes: Uint8Array): FunctionalDescriptor {
  const u16 = (at: number) => bytes[at] | bytes[at + 1] << 8;
  return {
    canDownload: (bytes[2] & 1) !== 0,
    canUpload: (bytes[2] & 2) !== 0,
    manifestationTolerant: (bytes[2] & 4) !== 0,
    willDetach: (bytes[2] & 8) !== 0,
    wDetachTimeOut: u16(3),
    wTransferSize: u16(5),
    bcdDFUVersion: bytes.length >= 9 ? u16(7) : 0x0100,
  };
}
