import { type ErrorData, UnbrickError } from "../common/errors.ts";
import { harmless, hex } from "../common/format.ts";

/** Where in a file the fault is: a byte offset, a text line (from 1), or an entry of an archive. */
export type Place =
  | { readonly offset: number }
  | { readonly line: number }
  | { readonly entry: string }
  | Record<string, never>;

/**
 * The one way to refuse a file: kind `bad-image`; file, place and reason are in message and data.
 *
 * @param file Name of the file, for people.
 * @param reason Continues the sentence "x.dfu cannot be used: …", without a full stop.
 */
export function badImage(
  file: string,
  reason: string,
  place: Place = {},
  data: ErrorData = {},
): UnbrickError {
  return new UnbrickError(
    "bad-image",
    harmless(`${file} cannot be used${describe(place)}: ${reason}.`),
    { file, reason, ...place, ...data },
  );
}

function describe(place: Place): string {
  if ("offset" in place) return ` (at offset ${hex(place.offset, 1)})`;
  if ("line" in place) return ` (line ${place.line})`;
  if ("entry" in place) return ` (entry ${place.entry})`;
  return "";
}
