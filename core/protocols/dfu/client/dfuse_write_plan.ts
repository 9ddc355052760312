import { concat, isFilledWith } from "../../../common/bytes.ts";
import { UnbrickError } from "../../../common/errors.ts";
import { hex } from "../../../common/format.ts";
import { type LayoutSector, type MemoryLayout, sectorsOf } from "../packets/layout.ts";
import { text } from "../../../common/text.ts";

/** The part of one sector that a write covers. */
export interface SectorShare {
  readonly sector: LayoutSector;
  /** Start of the range in this sector. */
  readonly address: number;
  /** The wanted content. */
  readonly bytes: Uint8Array;
}

/** A data block to send. */
export interface Block {
  readonly address: number;
  readonly bytes: Uint8Array;
}

/**
 * Splits a write into sectors (dfu-dfuse.md B5) and pads its end with FF to `programUnit` bytes.
 * @throws UnbrickError `usage` if a byte is outside writable memory, if the start is not aligned,
 * or if the memory is one-time programmable or changes how the chip starts.
 */
export function planWrite(
  layout: MemoryLayout,
  address: number,
  bytes: Uint8Array,
  programUnit: number,
): readonly SectorShare[] {
  refuseOneTime(layout);
  if (bytes.length === 0) {
    throw new UnbrickError("usage", text`There is nothing to write: 0 bytes.`);
  }
  if (address % programUnit !== 0) {
    throw new UnbrickError(
      "usage",
      text`${hex(address)} is not a multiple of ${programUnit}, the smallest unit that this chip
        writes.`,
      { address, programUnit },
    );
  }
  const padded = new Uint8Array(Math.ceil(bytes.length / programUnit) * programUnit).fill(0xff);
  padded.set(bytes);
  return sectorsOf(layout, address, padded.length, "writable").map((sector) => {
    const from = Math.max(sector.address, address);
    const to = Math.min(sector.address + sector.size, address + padded.length);
    return { sector, address: from, bytes: padded.subarray(from - address, to - address) };
  });
}

/**
 * Refuses option bytes, OTP and the supply register, which unbrick never writes (dfu-dfuse.md B10).
 */
export function refuseOneTime(layout: MemoryLayout): void {
  if (!/option|otp|device feature/i.test(layout.name)) return;
  throw new UnbrickError(
    "usage",
    text`unbrick does not write "${layout.name}": that could make the chip permanently unusable.`,
    { memory: layout.name },
  );
}

/**
 * Returns the blocks of `blockSize` bytes for adjacent shares, without blocks of only FF, because
 * erased memory reads FF anyway.
 */
export function blocksOf(shares: readonly SectorShare[], blockSize: number): readonly Block[] {
  const blocks: Block[] = [];
  for (let first = 0; first < shares.length;) {
    let after = first + 1;
    while (after < shares.length && follows(shares[after - 1], shares[after])) after++;
    const run = joined(shares.slice(first, after));
    for (let at = 0; at < run.bytes.length; at += blockSize) {
      const bytes = run.bytes.subarray(at, at + blockSize);
      if (!isFilledWith(bytes, 0xff)) blocks.push({ address: run.address + at, bytes });
    }
    first = after;
  }
  return blocks;
}

function follows(before: SectorShare, share: SectorShare): boolean {
  return before.address + before.bytes.length === share.address;
}

function joined(shares: readonly SectorShare[]): Block {
  return { address: shares[0].address, bytes: concat(shares.map(({ bytes }) => bytes)) };
}
