import { constant, struct, u16, u32, u64, type ValueOf } from "../common/struct.ts";
import { text } from "../common/text.ts";
import { badImage } from "./bad_image.ts";
import type { ByteSource } from "./byte_source.ts";

/** The end of a zip file (APPNOTE 6.3), which says where its list of contents is. */

/** Where the list of contents is. */
export interface ZipEnd {
  /** Offset in bytes. */
  readonly start: number;
  /** Offset of what follows it. */
  readonly end: number;
  readonly entries: number;
}

/** The end of the archive, 22 bytes before its comment. */
const EndRecord = struct("end of a zip", {
  signature: constant(u32, 0x06054B50),
  disk: u16,
  directoryDisk: u16,
  entriesHere: u16,
  entries: u16,
  /** Bytes. */
  directorySize: u32,
  directoryOffset: u32,
  commentLength: u16,
});

/** Stands right before the end record, if there is a zip64 record. */
const Zip64Locator = struct("zip64 locator", {
  signature: constant(u32, 0x07064B50),
  disk: u32,
  recordOffset: u64,
  disks: u32,
});

/** The same as the end record, with room for large numbers. */
const Zip64Record = struct("zip64 end of a zip", {
  signature: constant(u32, 0x06064B50),
  recordSize: u64,
  versionMadeBy: u16,
  versionNeeded: u16,
  disk: u32,
  directoryDisk: u32,
  entriesHere: u64,
  entries: u64,
  /** Bytes. */
  directorySize: u64,
  directoryOffset: u64,
});

/** What stands for a number that is in the zip64 record. */
const absent = { u16: 0xFFFF, u32: 0xFFFF_FFFF };

/** @throws UnbrickError `bad-image`: truncated, damaged, one of several parts */
export function readZipEnd(source: ByteSource, file: string): ZipEnd {
  const { at, record } = findEndRecord(source, file);
  const zip64 = readZip64(source, at);
  /** The number, or that of the zip64 record if it needs more room. */
  const whole = (
    field: Exclude<keyof typeof record, "signature" | "commentLength">,
    none: number,
  ) => record[field] === none && zip64 ? Number(zip64.record[field]) : record[field];
  const isOnePart = whole("disk", absent.u16) === 0 &&
    whole("entriesHere", absent.u16) === whole("entries", absent.u16);
  if (!isOnePart) {
    throw badImage(file, text`it is one part of a multi-part zip archive`, { offset: at });
  }
  const start = whole("directoryOffset", absent.u32);
  const end = zip64?.at ?? at;
  if (start + whole("directorySize", absent.u32) !== end) {
    throw badImage(file, text`its directory is in the wrong place, so it is damaged`, {
      offset: at,
    });
  }
  return { start, end, entries: whole("entries", absent.u16) };
}

type Zip64 = ValueOf<typeof Zip64Record>;

/** The zip64 record, if a locator leads to one. */
function readZip64(source: ByteSource, end: number): { at: number; record: Zip64 } | undefined {
  if (end < Zip64Locator.size) return undefined;
  const before = source.read(end - Zip64Locator.size, Zip64Locator.size);
  const locator = Zip64Locator.tryDecode(before);
  const at = Number(locator?.recordOffset ?? 0);
  const record = locator && Zip64Record.tryDecode(source.read(at, Zip64Record.size));
  return record && { at, record };
}

/** Bytes of which an archive's padding is made, as downloads and flash drives leave it. */
const padding = [0x00, 0xFF];
/** Longest padding that is looked through, bytes. Our choice. */
const mostPadding = 1_048_576;
const longestComment = 0xFFFF;

/** The last end record whose comment ends where the archive does, but for padding. */
function findEndRecord(source: ByteSource, file: string) {
  const from = Math.max(0, source.size - EndRecord.size - longestComment - mostPadding);
  const tail = source.read(from, source.size - from);
  const content = tail.findLastIndex((byte) => !padding.includes(byte)) + 1;
  const last = Math.min(tail.length - EndRecord.size, content);
  for (let at = last; at >= Math.max(0, content - EndRecord.size - longestComment); at--) {
    const record = EndRecord.tryDecode(tail, at);
    if (!record) continue;
    const end = at + EndRecord.size + record.commentLength;
    if (end <= tail.length && end >= content) return { at: from + at, record };
  }
  throw badImage(
    file,
    text`it is truncated, or not a zip archive: its directory is missing`,
    { offset: source.size },
  );
}
