/** Fits plain text (without escape codes) into columns. */

/**
 * Breaks a text at spaces into lines of at most `width` columns. The first line starts with `first`,
 * the others with as many spaces. A word longer than a line is cut. Lines already there stay.
 */
export function wrap(text: string, width: number, first = ""): string[] {
  const indent = " ".repeat(first.length);
  const room = Math.max(10, width - first.length);
  const lines: string[] = [];
  for (const paragraph of text.split("\n")) {
    let line = "";
    for (let word of paragraph.split(" ")) {
      if (line && line.length + 1 + word.length > room) {
        lines.push(line);
        line = "";
      }
      for (; word.length > room; word = word.slice(room)) lines.push(word.slice(0, room));
      line = line ? `${line} ${word}` : word;
    }
    lines.push(line);
  }
  return lines.map((line, index) => (index === 0 ? first : indent) + line);
}

/** The text, cut to `width` columns with "..." if it is longer. */
export function cut(text: string, width: number): string {
  return text.length <= width ? text : text.slice(0, Math.max(0, width - 3)) + "...";
}

/** Rows as columns that line up, two spaces between them; the last column is not padded. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, at) => widths[at] = Math.max(widths[at] ?? 0, cell.length));
  }
  return rows.map((row) =>
    row.map((cell, at) => at === row.length - 1 ? cell : cell.padEnd(widths[at])).join("  ")
      .trimEnd()
  );
}
