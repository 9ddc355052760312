import { concat } from "../common/bytes.ts";
import { withoutMark } from "../common/byte_order_mark.ts";
import { byteCount, hex } from "../common/format.ts";
import { struct, u16be, u32be, u8 } from "../common/struct.ts";
import { badImage } from "./bad_image.ts";
import { joinSegments, type Segment } from "./segments.ts";
import { text } from "../common/text.ts";

/** Intel HEX: lines `:LLAAAATT<LL bytes>CC`, two hexadecimal digits a byte; CC makes the sum 0. */

const recordType = {
  data: 0x00,
  endOfFile: 0x01,
  extendedSegmentAddress: 0x02,
  startSegmentAddress: 0x03,
  extendedLinearAddress: 0x04,
  startLinearAddress: 0x05,
} as const;

/** The first 4 bytes of a record; its data and a checksum follow. */
const RecordHead = struct("Intel HEX record", { length: u8, offset: u16be, type: u8 });

/** Data bytes that each record type must have; a data record may have any number. */
const recordLength: Record<number, number> = { 1: 0, 2: 2, 3: 4, 4: 2, 5: 4 };

/** The content of an Intel HEX file. */
export interface IntelHex {
  /** Lowest address of a data record. */
  readonly address: number;
  /** Content from `address` on, with gaps filled with 0xFF. */
  readonly bytes: Uint8Array;
  /** Start address from a record 05 (linear) or 03 (CS × 16 + IP). */
  readonly startAddress?: number;
}

/**
 * Returns true if the text begins with a HEX record: a colon and at least five hexadecimal bytes.
 */
export function looksLikeIntelHex(bytes: Uint8Array): boolean {
  return /^\s*:[0-9A-Fa-f]{10}/.test(latin1(bytes.subarray(0, 64)));
}

/**
 * @param file Name for messages.
 * @throws UnbrickError `bad-image` with the line number: a line that is not a record, wrong length
 * or checksum, unknown type, data after the end-of-file record or no such record; others as
 * `joinSegments`.
 */
export function parseIntelHex(bytes: Uint8Array, file: string): IntelHex {
  const segments: Segment[] = [];
  let base = 0;
  let startAddress: number | undefined;
  let ended = false;
  latin1(bytes).split(/\r\n|\n|\r/).forEach((row, index) => {
    const line = index + 1;
    if (row.trim() === "") return;
    if (ended) throw badImage(file, text`there is data after the end-of-file record`, { line });
    const record = parseRecord(row.trim(), file, line);
    const word = () => u16be.read(record.data, 0);
    switch (record.type) {
      case recordType.data:
        segments.push({ address: base + record.offset, bytes: record.data });
        break;
      case recordType.endOfFile:
        ended = true;
        break;
      case recordType.extendedSegmentAddress:
        base = word() * 0x10;
        break;
      case recordType.extendedLinearAddress:
        base = word() * 0x1_0000;
        break;
      case recordType.startSegmentAddress:
        startAddress = word() * 0x10 + u16be.read(record.data, 2);
        break;
      case recordType.startLinearAddress:
        startAddress = u32be.read(record.data, 0);
        break;
    }
  });
  if (!ended) throw badImage(file, text`it is truncated: the end-of-file record is missing`);
  const joined = joinSegments(runs(segments), file);
  return startAddress === undefined ? joined : { ...joined, startAddress };
}

interface HexRecord {
  readonly type: number;
  readonly offset: number;
  readonly data: Uint8Array;
}

function parseRecord(source: string, file: string, line: number): HexRecord {
  if (!/^:([0-9A-Fa-f]{2}){5,}$/.test(source)) {
    throw badImage(file, text`this is not an Intel HEX record`, { line });
  }
  const record = Uint8Array.fromHex(source.slice(1));
  const { length, offset, type } = RecordHead.decode(record);
  if (record.length !== length + 5) {
    throw badImage(
      file,
      text`the record claims to have ${length} data bytes, but has ${record.length - 5}`,
      { line },
    );
  }
  const stated = record[record.length - 1];
  const computed = -record.subarray(0, -1).reduce((sum, byte) => sum + byte, 0) & 0xFF;
  if (stated !== computed) {
    throw badImage(
      file,
      text`the checksum is ${hex(stated, 2)} and should be ${hex(computed, 2)}`,
      { line },
      { stated, computed },
    );
  }
  if (type > recordType.startLinearAddress) {
    throw badImage(file, text`record type ${hex(type, 2)} is unknown`, { line }, { type });
  }
  if (type !== recordType.data && length !== recordLength[type]) {
    throw badImage(
      file,
      text`a record of type ${hex(type, 2)} must have ${byteCount(recordLength[type])}`,
      {
        line,
      },
    );
  }
  return { type, offset, data: record.slice(RecordHead.size, -1) };
}

/** Joins consecutive records, so that a file of 100,000 lines becomes a few segments. */
function runs(records: readonly Segment[]): Segment[] {
  const groups: Segment[][] = [];
  let next = -1;
  for (const record of records) {
    if (record.address !== next) groups.push([]);
    groups[groups.length - 1].push(record);
    next = record.address + record.bytes.length;
  }
  return groups.map((group) => {
    const bytes = concat(group.map((record) => record.bytes));
    return { address: group[0].address, bytes };
  });
}

/**
 * Encodes segments: 16-byte data records, an extended linear address record before each 64 KiB
 * page, an end-of-file record.
 */
export function encodeIntelHex(segments: readonly Segment[]): string {
  const lines: string[] = [];
  let page = 0;
  for (const { address, bytes } of segments) {
    for (let at = 0; at < bytes.length;) {
      const here = address + at;
      if (here >>> 16 !== page) {
        page = here >>> 16;
        lines.push(
          encodeRecord(recordType.extendedLinearAddress, 0, Uint8Array.of(page >> 8, page & 0xFF)),
        );
      }
      const length = Math.min(16, bytes.length - at, 0x1_0000 - (here & 0xFFFF));
      lines.push(encodeRecord(recordType.data, here & 0xFFFF, bytes.subarray(at, at + length)));
      at += length;
    }
  }
  lines.push(encodeRecord(recordType.endOfFile, 0, new Uint8Array()));
  return lines.join("\n") + "\n";
}

function encodeRecord(type: number, offset: number, data: Uint8Array): string {
  const body = concat([RecordHead.encode({ length: data.length, offset, type }), data]);
  const checksum = -body.reduce((sum, byte) => sum + byte, 0) & 0xFF;
  return `:${concat([body, Uint8Array.of(checksum)]).toHex().toUpperCase()}`;
}

function latin1(bytes: Uint8Array): string {
  return new TextDecoder("latin1").decode(withoutMark(bytes));
}
