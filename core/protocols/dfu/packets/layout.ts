import { UnbrickError } from "../../../common/errors.ts";
import { hex } from "../../../common/format.ts";
import { text, type Words } from "../../../common/text.ts";

/** Adjacent sectors of one size and one set of rights. */
export interface LayoutSegment {
  readonly address: number;
  readonly sectorCount: number;
  /** Bytes. */
  readonly sectorSize: number;
  readonly readable: boolean;
  readonly erasable: boolean;
  readonly writable: boolean;
}

/** A memory as a DfuSe device describes it in the name of an alternate setting. */
export interface MemoryLayout {
  /** "Internal Flash": without @ and surrounding spaces. */
  readonly name: string;
  readonly segments: readonly LayoutSegment[];
  /** True if the end could not be read; the F427 ROM truncates long strings. */
  readonly truncated: boolean;
}

/** One sector of a memory layout. */
export interface LayoutSector {
  readonly address: number;
  /** Bytes. */
  readonly size: number;
  readonly segment: LayoutSegment;
}

/** First address beyond 32 bits. */
const LIMIT = 0x1_0000_0000;
const units: Readonly<Record<string, number>> = { "": 1, " ": 1, B: 1, K: 1024, M: 1_048_576 };

/**
 * Reads a layout string (dfu-dfuse.md B4), for example `@Internal Flash
 * /0x08000000/04*016Kg,01*064Kg,07*128Kg`. Accepts missing multipliers and leading zeros, several
 * address groups and a truncated end; a truncated segment is omitted.
 * @throws UnbrickError `protocol` if it is not a layout, describes no memory, or has impossible
 * sizes.
 */
export function parseLayout(layout: string): MemoryLayout {
  const refuse = (reason: Words) =>
    new UnbrickError("protocol", text`The camera describes its memory as "${layout}": ${reason}.`, {
      layout,
    });
  if (!layout.startsWith("@")) throw refuse(text`that is not an ST memory layout`);
  const [name, ...fields] = layout.slice(1).split("/");
  const segments: LayoutSegment[] = [];
  let truncated = fields.length % 2 === 1;
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const start = /^0x([0-9a-f]{1,8})$/i.exec(fields[at].trim());
    if (!start) throw refuse(text`"${fields[at]}" is not an address`);
    let address = Number.parseInt(start[1], 16);
    for (const piece of fields[at + 1].split(",")) {
      // The bits of the last letter are the rights: a=1 r, b=2 e, d=4 w (dfu-dfuse.md B4).
      const match = /^ *(\d{1,5}) *\* *(\d{1,6})([ BKM]?) *([a-g]) *$/.exec(piece);
      if (!match) {
        truncated = true;
        break; // the rest would have a wrong address
      }
      const rights = isDeviceFeature(name) ? RW : match[4].charCodeAt(0) & 7;
      const sectorCount = Number(match[1]);
      const sectorSize = Number(match[2]) * units[match[3]];
      const end = address + sectorCount * sectorSize;
      if (sectorCount === 0 || sectorSize === 0) throw refuse(text`a sector has no size`);
      if (end > LIMIT) throw refuse(text`it ends beyond 4 GiB`);
      segments.push({
        address,
        sectorCount,
        sectorSize,
        readable: (rights & 1) !== 0,
        erasable: (rights & 2) !== 0,
        writable: (rights & 4) !== 0,
      });
      address = end;
    }
  }
  if (segments.length === 0) throw refuse(text`it describes no memory`);
  return { name: name.trim(), segments, truncated };
}

const RW = 5;

/** Returns true for the virtual register of F2/F4/F7, which some ROMs wrongly call erasable. */
function isDeviceFeature(name: string): boolean {
  return name.trim() === "Device Feature";
}

/** Returns the first address after a segment. */
export function segmentEnd(segment: LayoutSegment): number {
  return segment.address + segment.sectorCount * segment.sectorSize;
}

/** Returns the sector that contains the byte at `address`; undefined outside the layout. */
export function sectorAt(layout: MemoryLayout, address: number): LayoutSector | undefined {
  for (const segment of layout.segments) {
    if (address < segment.address || address >= segmentEnd(segment)) continue;
    const index = Math.floor((address - segment.address) / segment.sectorSize);
    return {
      address: segment.address + index * segment.sectorSize,
      size: segment.sectorSize,
      segment,
    };
  }
  return undefined;
}

/** What may be done with a sector, from the letter after its size (dfu-dfuse.md B4). */
export type Right = "readable" | "erasable" | "writable";

/**
 * Returns the sectors that contain a byte of the range, ascending.
 * @throws UnbrickError `usage` if the range is not inside the memory or a sector does not have the
 * right.
 */
export function sectorsOf(
  layout: MemoryLayout,
  address: number,
  length: number,
  right: Right,
): readonly LayoutSector[] {
  const sectors: LayoutSector[] = [];
  for (let at = address; at < address + length;) {
    const sector = sectorAt(layout, at);
    if (!sector || !sector.segment[right]) {
      throw new UnbrickError(
        "usage",
        sector
          ? text`The memory at ${hex(at)} is not ${right}.`
          : text`The camera has no memory at ${hex(at)} in "${layout.name}".`,
        { address: at, rangeStart: address, rangeLength: length, memory: layout.name },
      );
    }
    sectors.push(sector);
    at = sector.address + sector.size;
  }
  return sectors;
}
