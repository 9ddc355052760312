import { array, at, constant, padding, struct, u32, u8 } from "../../../common/struct.ts";

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
  /** True if the first instruction sequence of the look-up table, which reads, is not empty. */
  readonly canRead: boolean;
}

/** First word, "FCFB". */
export const FLEXSPI_CONFIG_TAG = 0x42464346;

/** The block as stored on the chip. */
export const FlexspiBlock = struct("FlexSPI configuration block", {
  tag: constant(u32, FLEXSPI_CONFIG_TAG),
  bugfix: u8,
  minor: u8,
  major: u8,
  /** "V". */
  versionMark: padding(1, 0x56),
  /** Clock cycles that chip select is held after a transfer and set up before it. */
  csHoldTime: at(0x0d, u8),
  csSetupTime: u8,
  deviceType: at(0x44, u8),
  pads: u8,
  clock: u8,
  /** Bytes. */
  flashSize: at(0x50, u32),
  /** 16 sequences of four instruction words. */
  lookUpTable: at(0x80, array(array(u32, 4), 16)),
  /** Bytes. */
  pageSize: at(0x1c0, u32),
  /** Bytes. */
  sectorSize: u32,
  /** Bytes. */
  blockSize: at(0x1d0, u32),
}, 512);

/** Reads a configuration block at `offset`; undefined if its tag is not there. */
export function flexspiConfigAt(bytes: Uint8Array, offset = 0): FlexspiConfig | undefined {
  const block = FlexspiBlock.tryDecode(bytes, offset);
  if (!block) return undefined;
  const { major, minor, bugfix, deviceType, pads, clock, flashSize, pageSize, sectorSize } = block;
  const [reads] = block.lookUpTable;
  return {
    version: `${major}.${minor}.${bugfix}`,
    ...{ deviceType, pads, clock, flashSize, pageSize, sectorSize },
    canRead: reads.some((word) => word !== 0) && reads.some((word) => word !== 0xffff_ffff),
  };
}

/**
 * Builds the block as a loader does from the option word and the chip's SFDP: quad SDR, 4 pads,
 * standard commands.
 */
export function buildFlexspiConfig(
  chip: { flashSize: number; pageSize: number; sectorSize: number; blockSize: number },
  clock: number,
): Uint8Array {
  return FlexspiBlock.encode({
    ...{ major: 1, minor: 4, bugfix: 0, csHoldTime: 3, csSetupTime: 3, deviceType: 1, pads: 4 },
    ...chip,
    clock,
    lookUpTable: Array.from(
      { length: 16 },
      (_, sequence) => Array.from({ length: 4 }, (_, at) => lookUpTable.get(sequence)?.[at] ?? 0),
    ),
  });
}

type Instruction = readonly [opcode: number, pads: number, operand: number];

/** Returns the word of one or two FlexSPI instructions; pads as a power of two. */
function lut(...instructions: readonly Instruction[]): number {
  return instructions.reduce(
    (word, [opcode, pads, operand], at) => word | (opcode << 10 | pads << 8 | operand) << 16 * at,
    0,
  );
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
