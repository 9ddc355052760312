import { byteCount, byteSize } from "../common/format.ts";
import { badImage } from "./bad_image.ts";
import type { Image } from "./image.ts";
import { isFilledWith } from "../common/bytes.ts";
import { text, type Words } from "../common/text.ts";

/** Checks that every family does before it plans. All throw UnbrickError `bad-image`. */

/** Refuses an empty image, and one that is all 0xFF (erased flash) or all 0x00. */
export function refuseEmpty(image: Image): void {
  if (image.bytes.length === 0) throw badImage(image.name, text`it is empty`, { offset: 0 });
  for (const [value, what] of [[0xFF, text`0xFF, as erased flash`], [0x00, "zeros"]] as const) {
    if (isFilledWith(image.bytes, value)) {
      throw badImage(image.name, text`it contains only ${what}`, { offset: 0 });
    }
  }
}

/** Refuses fewer than `least` bytes: a truncated file, or one of another kind. */
export function refuseSmallerThan(image: Image, least: number, what: Words): void {
  const size = image.bytes.length;
  if (size >= least) return;
  throw badImage(
    image.name,
    text`it has ${byteSize(size)}, but ${what} has at least ${byteSize(least)}`,
    { offset: size },
    { size, least },
  );
}

/** Refuses more than `limit` bytes, the size of the region that it goes to. */
export function refuseLargerThan(image: Image, limit: number, region: Words): void {
  const size = image.bytes.length;
  if (size <= limit) return;
  throw badImage(
    image.name,
    text`it has ${byteCount(size)}, but the ${region} region has only ${limit}`,
    { offset: limit },
    { size, limit },
  );
}
