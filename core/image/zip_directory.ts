import { badImage } from "./bad_image.ts";
import { normalPath, pathDanger } from "./pack_files.ts";

/** The list of contents of a zip file (APPNOTE 6.3), read strictly. All numbers little-endian. */

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

const signature = { local: 0x04034B50, central: 0x02014B50, end: 0x06054B50 };
const headerLength = { local: 30, central: 46, end: 22 };
const flag = { encrypted: 0x0001, strongEncryption: 0x0040 };
/** File type in the upper half of a Unix entry's attributes. */
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
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = findEnd(view, file);
  const count = view.getUint16(end + 10, true);
  const start = view.getUint32(end + 16, true);
  if (view.getUint16(end + 4, true) !== 0 || view.getUint16(end + 8, true) !== count) {
    throw badImage(file, "it is one part of a zip archive in several parts", { offset: end });
  }
  if (count === 0xFFFF || start === 0xFFFFFFFF) {
    throw badImage(file, "it is in the zip64 format, which firmware releases do not use", {
      offset: end,
    });
  }
  if (count > maximumEntries) throw badImage(file, `it has ${count} entries`, { offset: end + 10 });
  if (start + view.getUint32(end + 12, true) !== end) {
    throw badImage(file, "its list of contents is not where it should be, so it is damaged", {
      offset: end,
    });
  }
  const entries: ZipEntry[] = [];
  let at = start;
  let free = 0;
  for (let index = 0; index < count; index++) {
    const entry = readEntry(bytes, view, at, end, file);
    at += entry.headerLength;
    if (entry.folder) continue;
    if (entries.some(({ path }) => path === entry.path)) {
      throw badImage(file, "it stands twice in the archive", { entry: entry.path });
    }
    entries.push(entry);
  }
  if (at !== end) throw badImage(file, "its list of contents is damaged", { offset: at });
  for (const entry of entries.toSorted((a, b) => a.dataOffset - b.dataOffset)) {
    if (entry.dataOffset < free || entry.dataOffset + entry.packedSize > start) {
      throw badImage(file, "its data overlaps other data of the archive", { entry: entry.path });
    }
    free = entry.dataOffset + entry.packedSize;
  }
  return entries;
}

function findEnd(view: DataView, file: string): number {
  const last = view.byteLength - headerLength.end;
  for (let at = last; at >= Math.max(0, last - 0xFFFF); at--) {
    if (
      view.getUint32(at, true) === signature.end && view.getUint16(at + 20, true) === last - at
    ) return at;
  }
  throw badImage(file, "it is truncated or no zip archive: its list of contents is missing", {
    offset: view.byteLength,
  });
}

function readEntry(bytes: Uint8Array, view: DataView, at: number, limit: number, file: string) {
  const damaged = () => badImage(file, "its list of contents is damaged", { offset: at });
  if (at + headerLength.central > limit || view.getUint32(at, true) !== signature.central) {
    throw damaged();
  }
  const nameLength = view.getUint16(at + 28, true);
  const nameStart = at + headerLength.central;
  const length = headerLength.central + nameLength + view.getUint16(at + 30, true) +
    view.getUint16(at + 32, true);
  if (at + length > limit) throw damaged();
  const name = decodeName(bytes.subarray(nameStart, nameStart + nameLength));
  const refuse = (reason: string) => badImage(file, reason, { entry: name });

  const danger = pathDanger(name);
  if (danger !== undefined) throw refuse(danger);
  const flags = view.getUint16(at + 8, true);
  if ((flags & (flag.encrypted | flag.strongEncryption)) !== 0) throw refuse("it is encrypted");
  const method = view.getUint16(at + 10, true);
  if (method !== 0 && method !== 8) throw refuse(`it is packed by the unknown method ${method}`);
  if ((view.getUint32(at + 38, true) >>> 16 & 0xF000) === symbolicLink) {
    throw refuse("it is a symbolic link");
  }

  const local = view.getUint32(at + 42, true);
  if (local + headerLength.local > limit || view.getUint32(local, true) !== signature.local) {
    throw refuse("its data is missing, so the archive is truncated or damaged");
  }
  const localNameLength = view.getUint16(local + 26, true);
  const localName = decodeName(
    bytes.subarray(local + headerLength.local, local + headerLength.local + localNameLength),
  );
  if (localName !== name || view.getUint16(local + 8, true) !== method) {
    throw refuse("the archive describes it in two ways");
  }
  return {
    path: normalPath(name),
    folder: name.endsWith("/"),
    method,
    crc32: view.getUint32(at + 16, true),
    packedSize: view.getUint32(at + 20, true),
    size: view.getUint32(at + 24, true),
    dataOffset: local + headerLength.local + localNameLength + view.getUint16(local + 28, true),
    headerLength: length,
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
