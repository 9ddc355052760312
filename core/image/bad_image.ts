import { type ErrorData, UnbrickError } from "../common/errors.ts";
import { harmless, hex } from "../common/format.ts";
import { type Text, text, type Words } from "../common/text.ts";

/**
 * The place of a fault in a file: a byte offset, a text line (from 1), or an entry of an archive.
 */
export type Place =
  | { readonly offset: number }
  | { readonly line: number }
  | { readonly entry: string }
  | Record<string, never>;

/**
 * Returns the error that refuses a file: kind `bad-image`, with file, place and reason in message
 * and data.
 *
 * @param file Name of the file, for people.
 * @param reason Continues the sentence "x.dfu cannot be used: …", without a full stop.
 */
export function badImage(
  file: Words,
  reason: Words,
  place: Place = {},
  data: ErrorData = {},
): UnbrickError {
  return new UnbrickError(
    "bad-image",
    harmless(refusal(file, reason, place)),
    { file: String(file), reason: String(reason), ...place, ...data },
  );
}

function refusal(file: Words, reason: Words, place: Place): Text {
  if ("offset" in place) {
    return text`${file} cannot be used (at offset ${hex(place.offset, 1)}): ${reason}.`;
  }
  if ("line" in place) return text`${file} cannot be used (line ${place.line}): ${reason}.`;
  if ("entry" in place) return text`${file} cannot be used (entry ${place.entry}): ${reason}.`;
  return text`${file} cannot be used: ${reason}.`;
}
