import { concat } from "../../../core/common/bytes.ts";
import { zipSync } from "fflate";

/** Zip files as other programs write them. */

export type Files = ReadonlyMap<string, Uint8Array>;

export function zipOf(files: Files): Uint8Array {
  return zipSync(Object.fromEntries(files), { level: 0 });
}

/** With the separators of Windows: .NET before 4.6.1, and so PowerShell 5's Compress-Archive. */
export function withBackslashes(files: Files): Uint8Array {
  return zipOf(new Map([...files].map(([path, bytes]) => [path.replaceAll("/", "\\"), bytes])));
}

/**
 * With a zip64 list of contents, as programs write it that do not know the sizes beforehand: every
 * number of an entry and of the end in 64 bits (APPNOTE 4.3.14, 4.3.15, 4.5.3).
 */
export function withZip64(files: Files): Uint8Array {
  const zip = zipOf(files), view = viewOf(zip);
  const end = zip.length - 22;
  const count = view.getUint16(end + 10, true), start = view.getUint32(end + 16, true);
  const entries: Uint8Array[] = [];
  for (let at = start; at < end;) {
    const nameEnd = at + 46 + view.getUint16(at + 28, true);
    const header = zip.slice(at, nameEnd), field = new Uint8Array(28);
    const headerView = viewOf(header), fieldView = viewOf(field);
    fieldView.setUint16(0, 1, true);
    fieldView.setUint16(2, 24, true);
    for (const [index, from] of [24, 20, 42].entries()) {
      fieldView.setBigUint64(4 + index * 8, BigInt(headerView.getUint32(from, true)), true);
      headerView.setUint32(from, 0xFFFF_FFFF, true);
    }
    headerView.setUint16(30, field.length, true);
    entries.push(header, field);
    at = nameEnd + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  const directory = concat(entries);
  const tail = new Uint8Array(56 + 20 + 22), tailView = viewOf(tail);
  tailView.setUint32(0, 0x0606_4B50, true);
  tailView.setBigUint64(4, 44n, true);
  for (const at of [24, 32]) tailView.setBigUint64(at, BigInt(count), true);
  tailView.setBigUint64(40, BigInt(directory.length), true);
  tailView.setBigUint64(48, BigInt(start), true);
  tailView.setUint32(56, 0x0706_4B50, true);
  tailView.setBigUint64(64, BigInt(start + directory.length), true);
  tailView.setUint32(72, 1, true);
  tailView.setUint32(76, 0x0605_4B50, true);
  tail.fill(0xFF, 80, 96);
  return concat([zip.subarray(0, start), directory, tail]);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
