import { concat } from "../../../core/common/bytes.ts";
import { romfsMagic } from "../../../core/image/romfs.ts";

/** A generated entry of a ROMFS folder; it may also be invalid. */
export type RomfsEntry =
  | { readonly name: string; readonly content: Uint8Array; readonly padding?: number }
  | { readonly name: string; readonly entries: readonly RomfsEntry[] }
  | { readonly name: string; readonly pointer: { readonly size: number; readonly offset: number } }
  | { readonly kind: number; readonly body: Uint8Array };

/** @param options.lengthBytes bytes of the outermost length, padded with 0x80 in front */
export function encodeRomfs(
  entries: readonly RomfsEntry[],
  options: { readonly lengthBytes?: number } = {},
): Uint8Array {
  const body = concat(entries.map(encode));
  return concat([romfsMagic, encodeNumber(body.length, options.lengthBytes), body]);
}

function encode(entry: RomfsEntry): Uint8Array {
  if ("kind" in entry) return record(entry.kind, entry.body);
  const bytes = new TextEncoder().encode(entry.name);
  const name = concat([encodeNumber(bytes.length), bytes]);
  if ("entries" in entry) return record(4, concat([name, ...entry.entries.map(encode)]));
  if ("pointer" in entry) {
    const { size, offset } = entry.pointer;
    return record(5, concat([name, record(3, concat([encodeNumber(size), encodeNumber(offset)]))]));
  }
  const file = record(5, concat([name, record(2, entry.content)]));
  return entry.padding ? concat([file, record(1, new Uint8Array(entry.padding))]) : file;
}

function record(kind: number, body: Uint8Array): Uint8Array {
  return concat([encodeNumber(kind), encodeNumber(body.length), body]);
}

/** Encodes seven bits per byte, the high ones first; at least `least` bytes. */
function encodeNumber(value: number, least = 1): Uint8Array {
  const digits = [value & 0x7F];
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) digits.unshift(rest & 0x7F | 0x80);
  while (digits.length < least) digits.unshift(0x80);
  return Uint8Array.from(digits);
}
