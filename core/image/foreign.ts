import { withoutMark } from "../common/byte_order_mark.ts";
import { badImage } from "./bad_image.ts";
import { startsWith } from "./search.ts";
import { text, type Words } from "../common/text.ts";

/**
 * Beginnings of files that are often mistaken for an image. None can be a Cortex-M vector table.
 */
const foreign: readonly (readonly [magic: string, what: Words])[] = [
  ["\x7FELF", text`an ELF program (give the .bin made from it)`],
  ["UF2\n", text`a UF2 file`],
  ["PK\x03\x04", text`a zip archive (use --images)`],
  ["PK\x05\x06", text`an empty zip archive`],
  ["\x1F\x8B", text`a gzip archive`],
  ["BZh", text`a bzip2 archive`],
  ["7z\xBC\xAF\x27\x1C", text`a 7z archive`],
  ["Rar!\x1A\x07", text`a RAR archive`],
  ["\xFD7zXZ\0", text`an xz archive`],
  ["%PDF-", text`a PDF document`],
  ["\x89PNG", text`a picture`],
  ["\xFF\xD8\xFF", text`a picture`],
  ["S0", text`a Motorola S-record file`],
  ["version https://git-lfs", text`a Git LFS pointer, not the file itself`],
];

/** Beginnings of texts, after a byte order mark and white space, upper or lower case. */
const foreignTexts: readonly (readonly [RegExp, Words])[] = [
  [/^<(!doctype|html|head|\?xml|!--)/i, text`a web page`],
  [/^[{[]\s*["{[\]}]/, text`a JSON text`],
];

/** Number of bytes that show whether a file is text. */
const PROBE = 256;

/** Refuses bytes of a well-known kind that is not an image. @throws UnbrickError `bad-image` */
export function refuseForeignFormat(bytes: Uint8Array, file: string): void {
  const what = foreignKind(bytes);
  if (what !== undefined) {
    throw badImage(file, text`it is ${what}`, { offset: 0 }, { foreign: true });
  }
}

/** Returns the result of `foreignKind`, or that it is text; undefined for anything else. */
export function knownFormat(bytes: Uint8Array): Words | undefined {
  return foreignKind(bytes) ?? (isText(bytes) ? text`a text` : undefined);
}

/** Returns the kind of file with its article; undefined for a possible image. */
function foreignKind(bytes: Uint8Array): Words | undefined {
  const [, what] = foreign.find(([magic]) => startsWith(bytes, magic)) ?? [];
  if (what !== undefined) return what;
  const beginning = new TextDecoder().decode(withoutMark(bytes.subarray(0, PROBE))).trimStart();
  return foreignTexts.find(([pattern]) => pattern.test(beginning))?.[1];
}

/** Returns true if the file begins like text: only printable characters and white space. */
function isText(bytes: Uint8Array): boolean {
  return bytes.length > 0 &&
    withoutMark(bytes.subarray(0, PROBE)).every((byte) =>
      byte >= 0x20 && byte < 0x7F || byte === 0x09 || byte === 0x0A || byte === 0x0D
    );
}
