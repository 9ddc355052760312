import { text, type Words } from "../common/text.ts";
import { badImage } from "./bad_image.ts";
import { refuseEmpty, refuseLargerThan } from "./check.ts";
import { whatElse } from "./foreign.ts";
import type { Image } from "./image.ts";
import { startsWith } from "./search.ts";

/** MicroPython's read-only file system, checked whole: it has no checksum (openmv-runtime.md 3.4). */

/** A file system that is whole. */
export interface Romfs {
  /** Bytes, its header among them. */
  readonly size: number;
  /** Paths of its files, as they follow one another: `models/face.tflite`. */
  readonly files: readonly string[];
}

/** The same with the content of each file: where it is, counted from the start, and its length. */
export interface RomfsContents extends Romfs {
  readonly contents: readonly Content[];
}

interface Content {
  readonly offset: number;
  readonly length: number;
}

/** The kind of the outermost record, 0x14A6B1 as a variable-length number. */
export const romfsMagic: Uint8Array = Uint8Array.of(0xD2, 0xCD, 0x31);

const kind = { padding: 1, data: 2, pointer: 3, folder: 4, file: 5 } as const;

/** More folders in one another than anybody makes. Our choice. */
const DEEPEST = 32;

/** Why bytes are no whole ROMFS. */
class RomfsFault extends Error {
  constructor(readonly reason: Words, readonly offset: number) {
    super(String(reason));
  }
}

/** The file system that the bytes begin with; undefined if that is none, or not whole. */
export function romfsIn(bytes: Uint8Array): Romfs | undefined {
  const whole = romfsContents(bytes);
  return whole && { size: whole.size, files: whole.files };
}

/** As `romfsIn`, with the contents. */
export function romfsContents(bytes: Uint8Array): RomfsContents | undefined {
  try {
    return read(bytes);
  } catch (error) {
    if (error instanceof RomfsFault) return undefined;
    throw error;
  }
}

/**
 * Refuses what is no whole ROMFS, or is larger than its region. What is behind the file system does not
 * matter: a region that was read back has it.
 *
 * @param region for people: "ROMFS"
 * @throws UnbrickError `bad-image`
 */
export function checkRomfs(image: Image, limit: number, region: Words): void {
  refuseEmpty(image);
  refuseLargerThan(image, limit, region);
  const { name, bytes } = image;
  if (!startsWith(bytes, romfsMagic)) {
    const other = whatElse(bytes);
    const reason = other
      ? text`it is ${other}, not a ROMFS, which begins with D2 CD 31`
      : text`it is not a ROMFS, which begins with D2 CD 31`;
    throw badImage(name, reason, { offset: 0 });
  }
  try {
    read(bytes);
  } catch (error) {
    if (!(error instanceof RomfsFault)) throw error;
    throw badImage(name, text`its ROMFS is damaged or cut off: ${error.reason}`, {
      offset: error.offset,
    });
  }
}

/** @throws RomfsFault */
function read(bytes: Uint8Array): RomfsContents {
  if (!startsWith(bytes, romfsMagic)) {
    throw new RomfsFault(text`it does not begin with D2 CD 31`, 0);
  }
  const { value: length, next: start } = numberAt(bytes, romfsMagic.length, bytes.length);
  const size = start + length;
  if (size > bytes.length) {
    throw new RomfsFault(text`it states ${size} bytes and there are ${bytes.length}`, bytes.length);
  }
  const files: string[] = [], contents: Content[] = [];
  readRecords(bytes, start, size, { size, files, contents, path: "", depth: 0 });
  return { size, files, contents };
}

interface Place {
  /** Of the whole file system. */
  readonly size: number;
  readonly files: string[];
  readonly contents: Content[];
  /** Of the folder, with `/` at its end. */
  readonly path: string;
  readonly depth: number;
}

/** The records of a folder, or what belongs to a file; the last one must end where its parent does. */
function readRecords(bytes: Uint8Array, start: number, end: number, place: Place): void {
  for (let at = start; at < end;) {
    const { value: found, next: lengthAt } = numberAt(bytes, at, end);
    const { value: length, next: body } = numberAt(bytes, lengthAt, end);
    const bodyEnd = body + length;
    if (bodyEnd > end) throw new RomfsFault(text`a record is longer than what it is in`, at);
    if (found === kind.folder || found === kind.file) {
      const { name, next } = nameAt(bytes, body, bodyEnd);
      if (found === kind.folder) {
        if (place.depth === DEEPEST) throw new RomfsFault(text`its folders are too deep`, at);
        const path = `${place.path}${name}/`;
        readRecords(bytes, next, bodyEnd, { ...place, path, depth: place.depth + 1 });
      } else {
        place.contents.push(readContent(bytes, next, bodyEnd, place.size));
        place.files.push(place.path + name);
      }
    } else if (found === kind.pointer) readPointer(bytes, body, bodyEnd, place.size);
    else if (found !== kind.padding && found !== kind.data) {
      throw new RomfsFault(text`a record has the unknown kind ${found}`, at);
    }
    at = bodyEnd;
  }
}

/** A file has its content, then whatever else belongs to it. */
function readContent(bytes: Uint8Array, start: number, end: number, size: number): Content {
  let content: Content | undefined;
  for (let at = start; at < end;) {
    const { value: found, next: lengthAt } = numberAt(bytes, at, end);
    const { value: length, next: body } = numberAt(bytes, lengthAt, end);
    if (body + length > end) throw new RomfsFault(text`a record is longer than what it is in`, at);
    if (found < kind.padding || found > kind.file) {
      throw new RomfsFault(text`a record has the unknown kind ${found}`, at);
    }
    const one = found === kind.pointer
      ? readPointer(bytes, body, body + length, size)
      : found === kind.data
      ? { offset: body, length }
      : undefined;
    content ??= one;
    at = body + length;
  }
  if (!content) throw new RomfsFault(text`a file has no content`, start);
  return content;
}

/** Where a file's content is, if not here: its size, and its offset in the file system. */
function readPointer(bytes: Uint8Array, start: number, end: number, size: number): Content {
  const length = numberAt(bytes, start, end);
  const offset = numberAt(bytes, length.next, end);
  if (offset.next !== end || offset.value + length.value > size) {
    throw new RomfsFault(text`the content of a file is outside of the file system`, start);
  }
  return { offset: offset.value, length: length.value };
}

function nameAt(bytes: Uint8Array, at: number, end: number): { name: string; next: number } {
  const { value: length, next } = numberAt(bytes, at, end);
  if (length === 0 || next + length > end) {
    throw new RomfsFault(text`a name is empty or cut off`, at);
  }
  try {
    const name = new TextDecoder("utf-8", { fatal: true }).decode(
      bytes.subarray(next, next + length),
    );
    if (!name.includes("/")) return { name, next: next + length };
  } catch {
    // said below
  }
  throw new RomfsFault(text`a name is not UTF-8 or has a slash`, next);
}

/** A number of 7 bits a byte, the high ones first; bit 7 says that more follow. */
function numberAt(bytes: Uint8Array, start: number, end: number): { value: number; next: number } {
  let value = 0;
  for (let at = start; at < end; at++) {
    value = value * 128 + (bytes[at] & 0x7F);
    if (value > 0xFFFF_FFFF) throw new RomfsFault(text`a length is impossible`, start);
    if (bytes[at] < 0x80) return { value, next: at + 1 };
  }
  throw new RomfsFault(text`a length is cut off`, start);
}
