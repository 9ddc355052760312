import { at, constant, struct, u16, u32 } from "../common/struct.ts";
import { badImage } from "./bad_image.ts";
import { normalPath, pathDanger } from "./pack_files.ts";
import { text, type Words } from "../common/text.ts";

/** The list of contents of a zip file (APPNOTE 6.3), read strictly. */

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

/** What the archive ends with, 22 bytes before its comment. */
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

/** An entry in the list of contents, 46 bytes before its name, extra field and comment. */
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
  /** Of a Unix entry: the file type in the upper half. */
  externalAttributes: u32,
  localOffset: u32,
});

/** What stands before an entry's data, 30 bytes before its name and extra field. */
const LocalHeader = struct("zip entry", {
  signature: constant(u32, 0x04034B50),
  method: at(8, u16),
  nameLength: at(26, u16),
  extraLength: u16,
});

const flag = { encrypted: 0x0001, strongEncryption: 0x0040 };
/** File type of a Unix entry. */
const symbolicLink = 0xA000;

/** More than a firmware release ever has (about 100). Our choice. */
const maximumEntries = 4096;

/**
 * The files of a zip; folders are left out.
 *
 * @throws UnbrickError `bad-image` with the entry's name: truncated, dangerous or duplicate name,
 * symbolic link, encrypted, unknown method, entries that overlap, zip64 or several disks.
 */
export function readZipDirectory(bytes: Uint8Array, file: string): ZipEntry[] {
  const end = findEnd(bytes, file);
  const { disk, entriesHere, entries: count, directorySize, directoryOffset: start } = EndRecord
    .decode(bytes, end);
  if (disk !== 0 || entriesHere !== count) {
    throw badImage(file, text`it is one part of a zip archive in several parts`, { offset: end });
  }
  if (count === 0xFFFF || start === 0xFFFFFFFF) {
    throw badImage(file, text`it is in the zip64 format, which firmware releases do not use`, {
      offset: end,
    });
  }
  if (count > maximumEntries) {
    throw badImage(file, text`it has ${count} entries`, {
      offset: end + EndRecord.offsets.entries,
    });
  }
  if (start + directorySize !== end) {
    throw badImage(file, text`its list of contents is not where it should be, so it is damaged`, {
      offset: end,
    });
  }
  const entries: ZipEntry[] = [];
  let at = start;
  let free = 0;
  for (let index = 0; index < count; index++) {
    const entry = readEntry(bytes.subarray(0, end), at, file);
    at += entry.headerLength;
    if (entry.folder) continue;
    if (entries.some(({ path }) => path === entry.path)) {
      throw badImage(file, text`the archive contains it twice`, { entry: entry.path });
    }
    entries.push(entry);
  }
  if (at !== end) throw badImage(file, text`its list of contents is damaged`, { offset: at });
  for (const entry of entries.toSorted((a, b) => a.dataOffset - b.dataOffset)) {
    if (entry.dataOffset < free || entry.dataOffset + entry.packedSize > start) {
      throw badImage(file, text`its data overlaps other data of the archive`, {
        entry: entry.path,
      });
    }
    free = entry.dataOffset + entry.packedSize;
  }
  return entries;
}

function findEnd(bytes: Uint8Array, file: string): number {
  const last = bytes.length - EndRecord.size;
  for (let at = last; at >= Math.max(0, last - 0xFFFF); at--) {
    if (EndRecord.tryDecode(bytes, at)?.commentLength === last - at) return at;
  }
  throw badImage(
    file,
    text`it is truncated, or not a zip archive: its list of contents is
    missing`,
    {
      offset: bytes.length,
    },
  );
}

/** @param bytes The archive without its end. */
function readEntry(bytes: Uint8Array, at: number, file: string) {
  const damaged = () => badImage(file, text`its list of contents is damaged`, { offset: at });
  const header = CentralHeader.tryDecode(bytes, at);
  if (!header) throw damaged();
  const nameStart = at + CentralHeader.size;
  const { nameLength, extraLength, commentLength, flags, method, localOffset } = header;
  const headerLength = CentralHeader.size + nameLength + extraLength + commentLength;
  if (at + headerLength > bytes.length) throw damaged();
  const name = decodeName(bytes.subarray(nameStart, nameStart + nameLength));
  const refuse = (reason: Words) => badImage(file, reason, { entry: name });

  const danger = pathDanger(name);
  if (danger !== undefined) throw refuse(danger);
  if ((flags & (flag.encrypted | flag.strongEncryption)) !== 0) throw refuse(text`it is encrypted`);
  if (method !== 0 && method !== 8) {
    throw refuse(text`it is compressed with the unknown method ${method}`);
  }
  if ((header.externalAttributes >>> 16 & 0xF000) === symbolicLink) {
    throw refuse(text`it is a symbolic link`);
  }

  const local = LocalHeader.tryDecode(bytes, localOffset);
  if (!local) throw refuse(text`its data is missing, so the archive is truncated or damaged`);
  const localNameEnd = localOffset + LocalHeader.size + local.nameLength;
  const localName = decodeName(bytes.subarray(localOffset + LocalHeader.size, localNameEnd));
  if (localName !== name || local.method !== method) {
    throw refuse(text`the archive contradicts itself about it`);
  }
  const { crc32, packedSize, size } = header;
  return {
    ...{ method, crc32, packedSize, size, headerLength },
    path: normalPath(name),
    folder: name.endsWith("/"),
    dataOffset: localNameEnd + local.extraLength,
  };
}

/** UTF-8, or Latin-1 where it is not UTF-8: names of firmware files are ASCII anyhow. */
function decodeName(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("latin1").decode(bytes);
  }
}
