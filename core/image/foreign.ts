import { withoutMark } from "../common/byte_order_mark.ts";
import { badImage } from "./bad_image.ts";
import { startsWith } from "./search.ts";
import { text, type Words } from "../common/text.ts";

/** Files that get mistaken for an image, by how they begin. None can be a Cortex-M vector table. */
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

/** Texts, behind a byte order mark and white space, in any case of letters. */
const foreignTexts: readonly (readonly [RegExp, Words])[] = [
  [/^<(!doctype|html|head|\?xml|!--)/i, text`a web page`],
  [/^[{[]\s*["{[\]}]/, text`a JSON text`],
];

/** Bytes that are looked at to tell whether a file is a text. */
const PROBE = 256;

/** @throws UnbrickError `bad-image` if the bytes are of a well-known kind that is no image. */
export function refuseForeignFormat(bytes: Uint8Array, file: string): void {
  const what = foreignKind(bytes);
  if (what !== undefined) {
    throw badImage(file, text`it is ${what}`, { offset: 0 }, { foreign: true });
  }
}

/** As `foreignKind`, or that it is a text; undefined for anything else. */
export function whatElse(bytes: Uint8Array): Words | undefined {
  return foreignKind(bytes) ?? (isText(bytes) ? text`a text` : undefined);
}

/** What kind of file it is, with its article; undefined for what may be an image. */
function foreignKind(bytes: Uint8Array): Words | undefined {
  const [, what] = foreign.find(([magic]) => startsWith(bytes, magic)) ?? [];
  if (what !== undefined) return what;
  const beginning = new TextDecoder().decode(withoutMark(bytes.subarray(0, PROBE))).trimStart();
  return foreignTexts.find(([pattern]) => pattern.test(beginning))?.[1];
}

/** True if the file begins as a text does: nothing but printable characters and white space. */
function isText(bytes: Uint8Array): boolean {
  return bytes.length > 0 &&
    withoutMark(bytes.subarray(0, PROBE)).every((byte) =>
      byte >= 0x20 && byte < 0x7F || byte === 0x09 || byte === 0x0A || byte === 0x0D
    );
}
