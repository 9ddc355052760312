import { badImage } from "./bad_image.ts";
import { startsWith } from "./search.ts";

/** Files that get mistaken for an image, by how they begin. None can be a Cortex-M vector table. */
const foreign: readonly (readonly [string, string])[] = [
  ["\x7FELF", "an ELF program (give the .bin made from it)"],
  ["UF2\n", "a UF2 file"],
  ["PK\x03\x04", "a zip archive (use --images)"],
  ["\x1F\x8B", "a gzip archive"],
  ["S0", "a Motorola S-record file"],
  ["<!DOCTYPE", "a web page"],
  ["<!doctype", "a web page"],
  ["<html", "a web page"],
  ["version https://git-lfs", "a Git LFS pointer, not the file itself"],
];

/** @throws UnbrickError `bad-image` if the bytes are of a well-known kind that is no image. */
export function refuseForeignFormat(bytes: Uint8Array, file: string): void {
  const match = foreign.find(([magic]) => startsWith(bytes, magic));
  if (match !== undefined) throw badImage(file, `it is ${match[1]}`, { offset: 0 });
}
