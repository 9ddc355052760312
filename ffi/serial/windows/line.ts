/** struct DCB, 28 bytes: DCBlength, BaudRate, flags, XON limits, ByteSize, Parity, StopBits, … */
const DCB = { size: 28, BaudRate: 4, flags: 8, ByteSize: 18, Parity: 19, StopBits: 20 } as const;
/** fBinary, which Windows insists on; no flow control of any kind. */
const BINARY = 1;
/** fDtrControl and fRtsControl: 1 is "on", 0 "off". */
const DTR_SHIFT = 4, RTS_SHIFT = 12;
const NO_PARITY = 0, ONE_STOP_BIT = 0;

/** Bytes of a DCB. */
export const DCB_SIZE = DCB.size;

/** Sets a DCB to 8N1 at a rate, with both signals. Keeps the fields that are not named here. */
export function setLine(
  dcb: Uint8Array<ArrayBuffer>,
  { baudRate, dtr, rts }: { baudRate: number; dtr: boolean; rts: boolean },
): void {
  const view = new DataView(dcb.buffer);
  view.setUint32(0, DCB.size, true);
  view.setUint32(DCB.BaudRate, baudRate, true);
  const signals = (dtr ? 1 << DTR_SHIFT : 0) | (rts ? 1 << RTS_SHIFT : 0);
  view.setUint32(DCB.flags, BINARY | signals, true);
  dcb[DCB.ByteSize] = 8;
  dcb[DCB.Parity] = NO_PARITY;
  dcb[DCB.StopBits] = ONE_STOP_BIT;
}

/** "For ever" in COMMTIMEOUTS. */
const MAXDWORD = 0xFFFF_FFFF;

/**
 * COMMTIMEOUTS, five 32-bit words: a read gives what there is, or else waits for the first byte, and
 * both reads and writes wait until they are cancelled.
 */
export function timeouts(): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Uint32Array.of(MAXDWORD, MAXDWORD, MAXDWORD - 1, 0, 0).buffer);
}
