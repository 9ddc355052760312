import { byteSize, hex } from "../common/format.ts";
import { badImage } from "./bad_image.ts";
import { text } from "../common/text.ts";

/** Bytes at an absolute address. */
export interface Segment {
  readonly address: number;
  readonly bytes: Uint8Array;
}

/**
 * Largest gap that is filled, bytes: alignment and reserved words, not a whole region. Chosen by
 * unbrick.
 */
export const maximumGap = 65_536;

/**
 * Largest joined image, bytes: more than the largest region, 32 MiB (openmv-boards.md 5.2). Chosen
 * by unbrick.
 */
export const maximumSpan = 67_108_864;

/**
 * Joins segments of one file, in any order, into one block; gaps become 0xFF, as erased flash.
 *
 * @throws UnbrickError `bad-image` for no segments, overlap, a gap over 64 KiB, or a span over 64
 * MiB.
 */
export function joinSegments(segments: readonly Segment[], file: string): Segment {
  const sorted = segments.filter((segment) => segment.bytes.length > 0)
    .toSorted((a, b) => a.address - b.address);
  if (sorted.length === 0) throw badImage(file, text`it contains no data`);
  const start = sorted[0].address;
  let end = start;
  for (const { address, bytes } of sorted) {
    if (address < end) {
      throw badImage(file, text`it defines address ${hex(address)} twice`, {}, {
        address,
      });
    }
    if (address - end > maximumGap) {
      const gap = text`${hex(end)} and ${hex(address)}`;
      throw badImage(
        file,
        text`it contains separate parts with a gap of ${byteSize(address - end)} between ${gap},
          like openmv.dfu with bootloader and firmware. Use a separate file for each`,
        {},
        { address: end, length: address - end, joined: true },
      );
    }
    end = address + bytes.length;
    if (end > 0x1_0000_0000) {
      throw badImage(
        file,
        text`its data at ${hex(address)} runs past the 32-bit address space`,
        {},
        {
          address,
        },
      );
    }
  }
  if (end - start > maximumSpan) {
    throw badImage(
      file,
      text`it spans ${byteSize(end - start)}, more than any region of any board`,
      {},
      {
        address: start,
        length: end - start,
      },
    );
  }
  if (sorted.length === 1) return sorted[0];
  const joined = new Uint8Array(end - start).fill(0xFF);
  for (const { address, bytes } of sorted) joined.set(bytes, address - start);
  return { address: start, bytes: joined };
}
