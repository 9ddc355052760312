import { bytes, struct, u32, u8 } from "../../../core/common/struct.ts";

/** struct DCB, 28 bytes. */
const DCB = struct("DCB", {
  DCBlength: u32,
  /** Bits a second. */
  BaudRate: u32,
  /** fBinary and the following fields, one or two bits each. */
  flags: u32,
  /** wReserved, XonLim, XoffLim. */
  limits: bytes(6),
  ByteSize: u8,
  Parity: u8,
  StopBits: u8,
  /** XonChar to EvtChar, and wReserved1. */
  characters: bytes(7),
});
/** fBinary, which Windows requires; no flow control. */
const BINARY = 1;
/** fDtrControl and fRtsControl: 1 is "on", 0 "off". */
const DTR_SHIFT = 4, RTS_SHIFT = 12;
const NO_PARITY = 0, ONE_STOP_BIT = 0;

/** Returns a DCB for Windows to fill. */
export function emptyDcb(): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(DCB.size);
  u32.write(bytes, DCB.offsets.DCBlength, DCB.size, "DCBlength");
  return bytes;
}

/** Sets a DCB to 8N1 at a rate, with both signals. Keeps all other fields. */
export function setLine(
  dcb: Uint8Array<ArrayBuffer>,
  { baudRate, dtr, rts }: { baudRate: number; dtr: boolean; rts: boolean },
): void {
  const signals = (dtr ? 1 << DTR_SHIFT : 0) | (rts ? 1 << RTS_SHIFT : 0);
  DCB.write(dcb, 0, {
    ...DCB.decode(dcb),
    ...{ DCBlength: DCB.size, BaudRate: baudRate, flags: BINARY | signals },
    ...{ ByteSize: 8, Parity: NO_PARITY, StopBits: ONE_STOP_BIT },
  });
}

/** "Forever" in COMMTIMEOUTS. */
const MAXDWORD = 0xFFFF_FFFF;

/** struct COMMTIMEOUTS; all in milliseconds. */
const COMMTIMEOUTS = struct("COMMTIMEOUTS", {
  ReadIntervalTimeout: u32,
  ReadTotalTimeoutMultiplier: u32,
  ReadTotalTimeoutConstant: u32,
  WriteTotalTimeoutMultiplier: u32,
  WriteTotalTimeoutConstant: u32,
});

/**
 * Returns timeouts with which a read returns the available bytes or waits for the first one; reads
 * and writes wait until they are cancelled.
 */
export function timeouts(): Uint8Array<ArrayBuffer> {
  return COMMTIMEOUTS.encode({
    ReadIntervalTimeout: MAXDWORD,
    ReadTotalTimeoutMultiplier: MAXDWORD,
    ReadTotalTimeoutConstant: MAXDWORD - 1,
    WriteTotalTimeoutMultiplier: 0,
    WriteTotalTimeoutConstant: 0,
  });
}
