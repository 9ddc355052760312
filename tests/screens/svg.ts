import { markup } from "../../core/cli/pages/html.ts";

/** Draws a terminal screen with its colours as one SVG picture. */

/** Pixels of a character cell, and of the margin around the text. */
const CELL = { width: 8.4, height: 18 };
const MARGIN = 14;

/** Foreground colours of the SGR codes that the program uses (ECMA-48 8.3.117). */
const COLOURS: Readonly<Record<number, string>> = {
  31: "#f85149",
  32: "#3fb950",
  33: "#d29922",
  34: "#58a6ff",
  35: "#bc8cff",
  36: "#39c5cf",
  90: "#8b949e",
};

interface Run {
  readonly text: string;
  readonly style: string;
}

/**
 * Draws lines of text with SGR sequences, `columns` wide.
 * @param title what the picture shows, for readers who do not see it
 */
export function terminalSvg(lines: readonly string[], columns: number, title: string): string {
  const width = columns * CELL.width + 2 * MARGIN;
  const height = lines.length * CELL.height + 2 * MARGIN;
  const pen: Pen = { bold: false, faint: false, colour: "" };
  const rows = lines.map((line, row) => {
    const y = MARGIN + (row + 0.75) * CELL.height;
    let column = 0;
    return runsOf(line, pen).map(({ text, style }) => {
      const x = MARGIN + column * CELL.width;
      column += [...text].length;
      if (text.trim() === "") return "";
      const length = ([...text].length * CELL.width).toFixed(1);
      return `<text x="${x.toFixed(1)}" y="${y}" textLength="${length}"${style}>` +
        `${markup`${text}`.text}</text>`;
    }).join("");
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>${markup`${title}`.text}</title>`,
    `<rect width="100%" height="100%" rx="8" fill="#0d1117"/>`,
    `<g font-family="ui-monospace, Consolas, Menlo, monospace" font-size="14" fill="#e6edf3" ` +
    `xml:space="preserve">`,
    ...rows.filter((row) => row !== ""),
    "</g>",
    "</svg>",
    "",
  ].join("\n");
}

/** The style of the next character; it continues from line to line. */
interface Pen {
  bold: boolean;
  faint: boolean;
  colour: string;
}

/**
 * Returns the parts of a line with the same style, each with the attributes of its `text` element.
 */
function runsOf(line: string, pen: Pen): Run[] {
  const runs: Run[] = [];
  // deno-lint-ignore no-control-regex
  for (const part of line.split(/(\x1b\[[\d;]*m)/)) {
    // deno-lint-ignore no-control-regex
    const codes = /^\x1b\[([\d;]*)m$/.exec(part)?.[1];
    if (codes === undefined) {
      const style = (pen.bold ? ` font-weight="bold"` : "") +
        (pen.faint ? ` opacity="0.65"` : "") + (pen.colour && ` fill="${pen.colour}"`);
      if (part !== "") runs.push({ text: part, style });
      continue;
    }
    for (const code of codes.split(";").map(Number)) {
      if (code === 0) Object.assign(pen, { bold: false, faint: false, colour: "" });
      else if (code === 1) pen.bold = true;
      else if (code === 2) pen.faint = true;
      else if (code === 22) pen.bold = pen.faint = false;
      else if (code === 39) pen.colour = "";
      else pen.colour = COLOURS[code] ?? pen.colour;
    }
  }
  return runs;
}
