import { breakableUnits, columnsOf, padded, truncated } from "./columns.ts";
import { say } from "../language/say.ts";
import type { Words } from "../../common/text.ts";

/** Fits plain text (without escape codes) into columns, in the current language. */

/**
 * Returns the translated text with control characters replaced by U+FFFD, so that text from a
 * device or a file cannot control the terminal.
 * @param kept a control character to keep
 */
function printable(text: Words, kept = ""): string {
  return say(text).replaceAll(/\p{Cc}/gu, (sign) => sign === kept ? sign : "\uFFFD");
}

/**
 * Translates a text and wraps it to lines of at most `width` columns, at spaces and between Chinese
 * characters. The first line starts with `first`, the others with as many spaces. A word longer
 * than a line is split. Existing line breaks are kept.
 */
export function wrap(text: Words, width: number, first = ""): string[] {
  const indent = " ".repeat(columnsOf(first));
  const room = Math.max(10, width - columnsOf(first));
  const lines: string[] = [];
  for (const paragraph of printable(text, "\n").split("\n")) {
    let line = "";
    for (const word of paragraph.split(" ")) {
      for (const [at, whole] of breakableUnits(word).entries()) {
        let unit = whole;
        const gap = line && at === 0 ? " " : "";
        if (line && columnsOf(line) + gap.length + columnsOf(unit) > room) {
          lines.push(line);
          line = "";
        }
        while (columnsOf(unit) > room) {
          const part = truncated(unit, room);
          lines.push(part);
          unit = unit.slice(part.length);
        }
        line = line ? line + gap + unit : unit;
      }
    }
    lines.push(line);
  }
  return lines.map((line, index) => (index === 0 ? first : indent) + line);
}

/** Translates a text and shortens it to `width` columns, ending in "..." if it is longer. */
export function cut(text: Words, width: number): string {
  const said = printable(text);
  return columnsOf(said) <= width ? said : truncated(said, Math.max(0, width - 3)) + "...";
}

/**
 * Returns rows with aligned columns, two spaces between them; the last column is not padded.
 * Translates the cells.
 */
export function table(rows: readonly (readonly Words[])[]): string[] {
  const widths: number[] = [];
  const said = rows.map((row) => row.map((cell) => printable(cell)));
  for (const row of said) {
    row.forEach((cell, at) => widths[at] = Math.max(widths[at] ?? 0, columnsOf(cell)));
  }
  return said.map((row) =>
    row.map((cell, at) => at === row.length - 1 ? cell : padded(cell, widths[at])).join("  ")
      .trimEnd()
  );
}
