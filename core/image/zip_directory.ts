import { at, constant, struct, u16, u32, u64, type ValueOf } from "../common/struct.ts";
import { badImage } from "./bad_image.ts";
import { normalPath, pathDanger } from "./pack_files.ts";
import { text, type Words } from "../common/text.ts";
import type { ByteSource } from "./byte_source.ts";
import { readZipEnd } from "./zip_end.ts";

/** The central directory of a zip file (APPNOTE 6.3), read strictly. */

export interface ZipEntry {
  /** Path inside the archive, harmless and normalised. */
  readonly path: string;
  /** 0 stored, 8 deflated. */
  readonly method: number;
  readonly crc32: number;
  readonly packedSize: number;
  readonly size: number;
  /** Offset of the packed bytes. */
  readonly dataOffset: number;
}

/** An entry in the central directory, 46 bytes before its name, extra field and comment. */
export const CentralHeader = struct("zip entry", {
  signature: constant(u32, 0x02014B50),
  versionMadeBy: u16,
  versionNeeded: u16,
  flags: u16,
  /** 0 stored, 8 deflated. */
  method: u16,
  time: u16,
  date: u16,
  crc32: u32,
  /** Bytes. */
  packedSize: u32,
  /** Bytes. */
  size: u32,
  nameLength: u16,
  extraLength: u16,
  commentLength: u16,
  disk: u16,
  internalAttributes: u16,
  /** For a Unix entry, the file type is in the upper half. */
  externalAttributes: u32,
  localOffset: u32,
});

/** The head of an entry's data, 30 bytes before its name and extra field. */
const LocalHeader = struct("zip entry", {
  signature: constant(u32, 0x04034B50),
  method: at(8, u16),
  nameLength: at(26, u16),
  extraLength: u16,
});

/** What an extra field begins with, 4 bytes. */
const ExtraHead = struct("extra field of a zip entry", { id: u16, length: u16 });
/** Id of the extra field with the numbers that need 64 bits. */
const zip64Extra = 0x0001;

const flag = { encrypted: 0x0001, strongEncryption: 0x0040 };
/** File type of a symbolic link in a Unix entry. */
const symbolicLink = 0xA000;

/** More than the source code of a release has. Our choice. */
const maximumEntries = 20_000;
/** Bytes of the longest list of contents that is read: some 800 for each entry. Our choice. */
const longestDirectory = 16_777_216;

/**
 * Returns the files of a zip, without folders.
 *
 * @throws UnbrickError `bad-image` with the entry's name: truncated, dangerous or duplicate name,
 * symbolic link, encrypted, unknown method, entries that overlap, several parts.
 */
export function readZipDirectory(source: ByteSource, file: string): ZipEntry[] {
  const { start, end, entries: count } = readZipEnd(source, file);
  if (count > maximumEntries || end - start > longestDirectory) {
    throw badImage(file, text`it has ${count} entries`, { offset: start });
  }
  const directory = source.read(start, end - start);
  const entries = new Map<string, ZipEntry>();
  let at = 0;
  for (let index = 0; index < count; index++) {
    const header = readHeader(directory, at, start, file);
    at += header.length;
    if (header.isFolder) continue;
    const entry = locate(source, header, file);
    if (entries.has(entry.path)) {
      throw badImage(file, text`the archive contains it twice`, { entry: entry.path });
    }
    entries.set(entry.path, entry);
  }
  if (at !== directory.length) {
    throw badImage(file, text`its directory is damaged`, { offset: start + at });
  }
  refuseOverlap([...entries.values()], start, file);
  return [...entries.values()];
}

function refuseOverlap(entries: readonly ZipEntry[], end: number, file: string): void {
  let free = 0;
  for (const entry of entries.toSorted((a, b) => a.dataOffset - b.dataOffset)) {
    if (entry.dataOffset < free || entry.dataOffset + entry.packedSize > end) {
      throw badImage(file, text`its data overlaps other data of the archive`, {
        entry: entry.path,
      });
    }
    free = entry.dataOffset + entry.packedSize;
  }
}

/** An entry as the list of contents tells of it. */
interface Header extends Omit<ZipEntry, "dataOffset"> {
  /** The name as it stands. */
  readonly name: string;
  readonly isFolder: boolean;
  readonly localOffset: number;
  /** Bytes in the list of contents. */
  readonly length: number;
}

/** @param start Offset of the list of contents in the archive. */
function readHeader(directory: Uint8Array, at: number, start: number, file: string): Header {
  const header = CentralHeader.tryDecode(directory, at);
  const nameStart = at + CentralHeader.size;
  const extraStart = nameStart + (header?.nameLength ?? 0);
  const commentStart = extraStart + (header?.extraLength ?? 0);
  const end = commentStart + (header?.commentLength ?? 0);
  if (!header || end > directory.length) {
    throw badImage(file, text`its directory is damaged`, { offset: start + at });
  }
  const name = decodeName(directory.subarray(nameStart, extraStart));
  const refuse = (reason: Words) => badImage(file, reason, { entry: name });
  // Old .NET programs, PowerShell 5 among them, write the separators of Windows.
  const path = name.replaceAll("\\", "/");
  const danger = pathDanger(path);
  if (danger !== undefined) throw refuse(danger);
  const { flags, method, crc32 } = header;
  if ((flags & (flag.encrypted | flag.strongEncryption)) !== 0) throw refuse(text`it is encrypted`);
  if (method !== 0 && method !== 8) {
    throw refuse(text`it is compressed with the unknown method ${method}`);
  }
  if ((header.externalAttributes >>> 16 & 0xF000) === symbolicLink) {
    throw refuse(text`it is a symbolic link`);
  }
  return {
    name,
    path: normalPath(path),
    isFolder: path.endsWith("/"),
    method,
    crc32,
    length: end - at,
    ...largeNumbers(header, directory.subarray(extraStart, commentStart)),
  };
}

/** The numbers of an entry; those that do not fit in its header are in its zip64 field. */
function largeNumbers(
  { size, packedSize, localOffset }: ValueOf<typeof CentralHeader>,
  extra: Uint8Array,
) {
  let field = new Uint8Array();
  for (let at = 0; at + ExtraHead.size <= extra.length;) {
    const { id, length } = ExtraHead.decode(extra, at);
    at += ExtraHead.size;
    if (id === zip64Extra) field = extra.slice(at, at + length);
    at += length;
  }
  let at = 0;
  const whole = (value: number) => {
    if (value !== 0xFFFF_FFFF || at + u64.size > field.length) return value;
    at += u64.size;
    return Number(u64.read(field, at - u64.size));
  };
  // In this order.
  return { size: whole(size), packedSize: whole(packedSize), localOffset: whole(localOffset) };
}

/** Finds the data of an entry. */
function locate(source: ByteSource, header: Header, file: string): ZipEntry {
  const { name, localOffset, length: _, isFolder: _folder, ...entry } = header;
  const refuse = (reason: Words) => badImage(file, reason, { entry: name });
  const local = LocalHeader.tryDecode(source.read(localOffset, LocalHeader.size));
  if (!local) throw refuse(text`its data is missing, so the archive is truncated or damaged`);
  const nameStart = localOffset + LocalHeader.size;
  const localName = decodeName(source.read(nameStart, local.nameLength));
  if (localName !== name || local.method !== entry.method) {
    throw refuse(text`the archive contains contradictory information about it`);
  }
  return { ...entry, dataOffset: nameStart + local.nameLength + local.extraLength };
}

/**
 * Decodes a name as UTF-8, or as Latin-1 if it is not UTF-8: names of firmware files are ASCII
 * anyway.
 */
function decodeName(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("latin1").decode(bytes);
  }
}
