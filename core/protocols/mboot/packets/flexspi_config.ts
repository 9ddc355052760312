/**
 * FlexSPI NOR configuration block, 512 bytes little-endian, that the ROM reads from flash offset 0 as
 * FCB (imxrt-sdp-flashloader.md C5).
 */
export interface FlexspiConfig {
  /** `1.4.0`. */
  readonly version: string;
  readonly deviceType: number;
  readonly pads: number;
  readonly clock: number;
  readonly flashSize: number;
  readonly pageSize: number;
  readonly sectorSize: number;
  /** The first instruction sequence of the look-up table (the one that reads) is not empty. */
  readonly canRead: boolean;
}

/** Bytes of a configuration block. */
export const FLEXSPI_CONFIG_LENGTH = 512;

/** First word, "FCFB". */
export const FLEXSPI_CONFIG_TAG = 0x42464346;

/** Offset of the look-up table in it. */
const LOOK_UP_TABLE = 0x80;

/** Reads a configuration block at `offset`; undefined if its tag is not there. */
export function flexspiConfigAt(bytes: Uint8Array, offset = 0): FlexspiConfig | undefined {
  if (offset + FLEXSPI_CONFIG_LENGTH > bytes.length) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset, FLEXSPI_CONFIG_LENGTH);
  const word = (at: number) => view.getUint32(at, true);
  if (word(0) !== FLEXSPI_CONFIG_TAG) return undefined;
  const sequence = bytes.subarray(offset + LOOK_UP_TABLE, offset + LOOK_UP_TABLE + 16);
  return {
    version: `${view.getUint8(6)}.${view.getUint8(5)}.${view.getUint8(4)}`,
    deviceType: view.getUint8(0x44),
    pads: view.getUint8(0x45),
    clock: view.getUint8(0x46),
    flashSize: word(0x50),
    pageSize: word(0x1c0),
    sectorSize: word(0x1c4),
    canRead: sequence.some((byte) => byte !== 0) && sequence.some((byte) => byte !== 0xff),
  };
}

/** What a loader makes of the option word and the chip's SFDP: quad SDR, 4 pads, standard commands. */
export function buildFlexspiConfig(
  chip: { flashSize: number; pageSize: number; sectorSize: number; blockSize: number },
  clock: number,
): Uint8Array {
  const bytes = new Uint8Array(FLEXSPI_CONFIG_LENGTH);
  const view = new DataView(bytes.buffer);
  view.setUint32(0x00, FLEXSPI_CONFIG_TAG, true);
  view.setUint32(0x04, 0x56010400, true);
  bytes.set([0x03, 0x03], 0x0d);
  bytes.set([1, 4, clock], 0x44);
  view.setUint32(0x50, chip.flashSize, true);
  lookUpTable.forEach((words, sequence) =>
    words.forEach((word, at) => view.setUint32(LOOK_UP_TABLE + 16 * sequence + 4 * at, word, true))
  );
  view.setUint32(0x1c0, chip.pageSize, true);
  view.setUint32(0x1c4, chip.sectorSize, true);
  view.setUint32(0x1d0, chip.blockSize, true);
  return bytes;
}

/** One FlexSPI instruction word: two of (opcode, pads as a power of two, operand). */
function lut(
  [op0, pads0, operand0]: readonly [number, number, number],
  [op1, pads1, operand1]: readonly [number, number, number] = [0, 0, 0],
): number {
  return (op1 << 26 | pads1 << 24 | operand1 << 16 | op0 << 10 | pads0 << 8 | operand0) >>> 0;
}

/** Instructions of the look-up table, single data rate. */
const CMD = 0x01, RADDR = 0x02, DUMMY = 0x0c, READ = 0x09, WRITE = 0x08;

/** Sequences by number: 0 quad read, 1 status, 3 write enable, 5 sector erase, 9 program, 11 chip erase. */
const lookUpTable: ReadonlyMap<number, readonly number[]> = new Map([
  [0, [lut([CMD, 0, 0xeb], [RADDR, 2, 24]), lut([DUMMY, 2, 6], [READ, 2, 4])]],
  [1, [lut([CMD, 0, 0x05], [READ, 0, 4])]],
  [3, [lut([CMD, 0, 0x06])]],
  [5, [lut([CMD, 0, 0x20], [RADDR, 0, 24])]],
  [9, [lut([CMD, 0, 0x02], [RADDR, 0, 24]), lut([WRITE, 0, 4])]],
  [11, [lut([CMD, 0, 0x60])]],
]);
