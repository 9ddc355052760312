import { text, type Words } from "../common/text.ts";
import { badImage } from "./bad_image.ts";
import { refuseEmpty, refuseLargerThan } from "./check.ts";
import { knownFormat } from "./foreign.ts";
import type { Image } from "./image.ts";
import { startsWith } from "./search.ts";

/**
 * MicroPython's read-only file system, checked completely: it has no checksum (openmv-runtime.md
 * 3.4).
 */

/** A complete file system. */
export interface Romfs {
  /** Bytes, header included. */
  readonly size: number;
  /** Paths of its files, in order: `models/face.tflite`. */
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

/** Kind of the outermost record, 0x14A6B1 as a variable-length number. */
export const romfsMagic: Uint8Array = Uint8Array.of(0xD2, 0xCD, 0x31);

const kind = { padding: 1, data: 2, pointer: 3, folder: 4, file: 5 } as const;

/** Deepest nesting of folders. Chosen by unbrick. */
const DEEPEST = 32;
/** Bytes; longer than any name. Chosen by unbrick. */
const LONGEST_NAME = 1024;

/** The reason why bytes are not a complete ROMFS. */
class RomfsFault extends Error {
  constructor(readonly reason: Words, readonly offset: number) {
    super(String(reason));
  }
}

/** Reads bytes where they are wanted: of a file, or of a camera. Offsets count from the start. */
export type ReadAt = (offset: number, length: number) => Promise<Uint8Array>;

/**
 * Returns the file system at the start of the bytes; undefined if there is none or it is
 * incomplete.
 */
export function romfsIn(bytes: Uint8Array): Romfs | undefined {
  const whole = romfsContents(bytes);
  return whole && { size: whole.size, files: whole.files };
}

/** As `romfsIn`, with the contents. */
export function romfsContents(bytes: Uint8Array): RomfsContents | undefined {
  try {
    return walked(bytes);
  } catch (error) {
    if (error instanceof RomfsFault) return undefined;
    throw error;
  }
}

/**
 * As `romfsIn`, for a region of a camera: only the blocks with records in them are read.
 *
 * @param size of the region, bytes
 * @throws as `readAt`
 */
export async function romfsAt(readAt: ReadAt, size: number): Promise<Romfs | undefined> {
  const blocks = new Map<number, Uint8Array>();
  const walk = readRomfs(size);
  try {
    let step = walk.next();
    while (!step.done) {
      const at = step.value, block = Math.floor(at / BLOCK);
      let bytes = blocks.get(block);
      if (!bytes) {
        bytes = await readAt(block * BLOCK, Math.min(BLOCK, size - block * BLOCK));
        blocks.set(block, bytes);
      }
      step = walk.next(bytes[at - block * BLOCK]);
    }
    return { size: step.value.size, files: step.value.files };
  } catch (error) {
    if (error instanceof RomfsFault) return undefined;
    throw error;
  }
}

/** Bytes that are read of a camera at a time: a block of OpenMV's bootloaders. */
const BLOCK = 4096;

/** @throws RomfsFault */
function walked(bytes: Uint8Array): RomfsContents {
  const walk = readRomfs(bytes.length);
  let step = walk.next();
  while (!step.done) step = walk.next(bytes[step.value]);
  return step.value;
}

/**
 * Refuses an incomplete ROMFS, or one larger than its region. Bytes after the file system are
 * allowed: a region that was read back has them.
 *
 * @param region for people: "ROMFS"
 * @throws UnbrickError `bad-image`
 */
export function checkRomfs(image: Image, limit: number, region: Words): void {
  refuseEmpty(image);
  refuseLargerThan(image, limit, region);
  const { name, bytes } = image;
  if (!startsWith(bytes, romfsMagic)) {
    const other = knownFormat(bytes);
    const reason = other
      ? text`it is ${other}, not a ROMFS, which begins with D2 CD 31`
      : text`it is not a ROMFS, which begins with D2 CD 31`;
    throw badImage(name, reason, { offset: 0 });
  }
  try {
    walked(bytes);
  } catch (error) {
    if (!(error instanceof RomfsFault)) throw error;
    throw badImage(name, text`its ROMFS is damaged or truncated: ${error.reason}`, {
      offset: error.offset,
    });
  }
}

/** Asks for one byte by its offset; it is sent in. What is asked for is always inside of the limit. */
type Walk<T> = Generator<number, T, number>;

/**
 * @param limit Bytes in which the file system must end.
 * @throws RomfsFault
 */
function* readRomfs(limit: number): Walk<RomfsContents> {
  for (const [at, byte] of romfsMagic.entries()) {
    if (at >= limit || (yield at) !== byte) {
      throw new RomfsFault(text`it does not begin with D2 CD 31`, at);
    }
  }
  const { value: length, next: start } = yield* numberAt(romfsMagic.length, limit);
  const size = start + length;
  if (size > limit) {
    throw new RomfsFault(text`it claims to have ${size} bytes, but has ${limit}`, limit);
  }
  const files: string[] = [], contents: Content[] = [];
  yield* readFolder(start, size, { size, files, contents, path: "", depth: 0 });
  return { size, files, contents };
}

interface Place {
  /** Size of the whole file system. */
  readonly size: number;
  readonly files: string[];
  readonly contents: Content[];
  /** Path of the folder, with `/` at its end. */
  readonly path: string;
  readonly depth: number;
}

/** The records of a folder; the last one must end where the folder does. */
function* readFolder(start: number, end: number, place: Place): Walk<void> {
  for (let at = start; at < end;) {
    const record = yield* recordAt(at, end);
    const { kind: found, body } = record;
    if (found === kind.folder || found === kind.file) {
      const { name, next } = yield* nameAt(body, record.end);
      if (found === kind.file) {
        place.contents.push(yield* readFile(next, record.end, place.size));
        place.files.push(place.path + name);
      } else {
        if (place.depth === DEEPEST) throw new RomfsFault(text`its folders are too deep`, at);
        const path = `${place.path}${name}/`;
        yield* readFolder(next, record.end, { ...place, path, depth: place.depth + 1 });
      }
    } else if (found === kind.pointer) yield* readPointer(body, record.end, place.size);
    at = record.end;
  }
}

/** Reads a file's content, which comes before its other records. */
function* readFile(start: number, end: number, size: number): Walk<Content> {
  let content: Content | undefined;
  for (let at = start; at < end;) {
    const record = yield* recordAt(at, end);
    const { body: offset } = record;
    const one = record.kind === kind.pointer
      ? yield* readPointer(offset, record.end, size)
      : record.kind === kind.data
      ? { offset, length: record.end - offset }
      : undefined;
    content ??= one;
    at = record.end;
  }
  if (!content) throw new RomfsFault(text`a file has no content`, start);
  return content;
}

function* recordAt(at: number, end: number): Walk<{ kind: number; body: number; end: number }> {
  const { value: found, next } = yield* numberAt(at, end);
  const { value: length, next: body } = yield* numberAt(next, end);
  if (body + length > end) {
    throw new RomfsFault(text`a record is longer than its parent`, at);
  }
  if (found < kind.padding || found > kind.file) {
    throw new RomfsFault(text`a record has the unknown kind ${found}`, at);
  }
  return { kind: found, body, end: body + length };
}

/** Reads a reference to a file's content: its size, and its offset in the file system. */
function* readPointer(start: number, end: number, size: number): Walk<Content> {
  const length = yield* numberAt(start, end);
  const offset = yield* numberAt(length.next, end);
  if (offset.next !== end || offset.value + length.value > size) {
    throw new RomfsFault(text`the content of a file is outside the file system`, start);
  }
  return { offset: offset.value, length: length.value };
}

function* nameAt(at: number, end: number): Walk<{ name: string; next: number }> {
  const { value: length, next } = yield* numberAt(at, end);
  if (length === 0 || length > LONGEST_NAME || next + length > end) {
    throw new RomfsFault(text`a name is empty, too long or truncated`, at);
  }
  const bytes = new Uint8Array(length);
  for (let index = 0; index < length; index++) bytes[index] = yield next + index;
  try {
    const name = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    if (!name.includes("/")) return { name, next: next + length };
  } catch {
    // reported below
  }
  throw new RomfsFault(text`a name is not UTF-8 or has a slash`, next);
}

/** Reads a number of 7 bits a byte, the high ones first; bit 7 means that more follow. */
function* numberAt(start: number, end: number): Walk<{ value: number; next: number }> {
  let value = 0;
  for (let at = start; at < end; at++) {
    const byte = yield at;
    value = value * 128 + (byte & 0x7F);
    if (value > 0xFFFF_FFFF) throw new RomfsFault(text`a length is impossible`, start);
    if (byte < 0x80) return { value, next: at + 1 };
  }
  throw new RomfsFault(text`a length is truncated`, start);
}
