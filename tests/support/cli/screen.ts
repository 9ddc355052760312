const sequence = new RegExp("\x1b\\[\\??\\d*[A-Za-z]|[^]", "gu");
const up = new RegExp("^\x1b\\[(\\d+)A$");
/** A colour, or the end of one. */
export const colourCode = new RegExp("\x1b\\[\\d+m");

/** Returns what a terminal shows after a text with the few escape sequences that unbrick uses. */
export function screenOf(text: string): { lines: string[]; isCursorShown: boolean } {
  const lines = [""];
  let row = 0, column = 0, isCursorShown = true;
  for (const [token] of text.matchAll(sequence)) {
    if (token === "\n") {
      row++;
      column = 0;
      lines[row] ??= "";
    } else if (token === "\r") column = 0;
    else if (token === "\x1b[?25l") isCursorShown = false;
    else if (token === "\x1b[?25h") isCursorShown = true;
    else if (token === "\x1b[J") {
      lines.length = row + 1;
      lines[row] = lines[row].slice(0, column);
    } else if (up.test(token)) row = Math.max(0, row - Number(up.exec(token)![1]));
    else if (colourCode.test(token)) continue;
    else if (token.startsWith("\x1b")) throw new Error(`unknown sequence ${JSON.stringify(token)}`);
    else {
      lines[row] = lines[row].padEnd(column).slice(0, column) + token +
        lines[row].slice(column + 1);
      column++;
    }
  }
  return { lines, isCursorShown };
}
