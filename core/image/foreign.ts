import { badImage } from "./bad_image.ts";
import { startsWith } from "./search.ts";
import { text, type Words } from "../common/text.ts";

/** Files that get mistaken for an image, by how they begin. None can be a Cortex-M vector table. */
const foreign: readonly (readonly [magic: string, what: Words])[] = [
  ["\x7FELF", text`an ELF program (give the .bin made from it)`],
  ["UF2\n", text`a UF2 file`],
  ["PK\x03\x04", text`a zip archive (use --images)`],
  ["\x1F\x8B", text`a gzip archive`],
  ["S0", text`a Motorola S-record file`],
  ["<!DOCTYPE", text`a web page`],
  ["<!doctype", text`a web page`],
  ["<html", text`a web page`],
  ["version https://git-lfs", text`a Git LFS pointer, not the file itself`],
];

/** @throws UnbrickError `bad-image` if the bytes are of a well-known kind that is no image. */
export function refuseForeignFormat(bytes: Uint8Array, file: string): void {
  const match = foreign.find(([magic]) => startsWith(bytes, magic));
  if (match !== undefined) throw badImage(file, text`it is ${match[1]}`, { offset: 0 });
}
