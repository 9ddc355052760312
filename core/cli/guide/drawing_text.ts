import { columnsOf } from "../terminal/columns.ts";
import { say } from "../language/say.ts";
import {
  type BoardDrawing,
  type DrawnBox,
  type DrawnPoint,
  pointsOf,
} from "../../family/drawing.ts";
import { text } from "../../common/text.ts";

/** Draws a board as ASCII text, readable without colour. */

/** The symbol of a marked point; a view may colour it. */
export const mark = "[#]";

/**
 * Returns the lines of the drawing, with the named parts marked and two marked pins joined by a
 * wire.
 * @param parts names as in HardwareAction.parts
 * @param isOn false if the wire is to be removed or the switch turned off
 */
export function drawingLines(
  drawing: BoardDrawing,
  parts: readonly string[],
  isOn = true,
): string[] {
  const canvas = new Canvas();
  frame(canvas, drawing);
  const marked = pointsOf(drawing, parts);
  for (const part of drawing.parts) {
    if (part.kind === "box") box(canvas, part);
    else point(canvas, part, drawing, marked.includes(part));
  }
  const pins = marked.filter(({ kind }) => kind === "pin");
  if (pins.length === 2) wire(canvas, pins[0], pins[1], isOn);
  for (const { kind, row } of marked) {
    if (kind === "switch") {
      canvas.put(canvas.end(row + FRAME), row + FRAME, isOn ? " <- on" : " <- off");
    }
    if (kind === "button") {
      canvas.put(canvas.end(row + FRAME), row + FRAME, ` <- ${say(text`press`)}`);
    }
  }
  return canvas.lines();
}

/** Space for the frame: the contents start one cell to the right and one cell down. */
const FRAME = 1;

class Canvas {
  readonly #rows: string[][] = [];

  put(column: number, row: number, line: string): void {
    const cells = this.#rows[row] ??= [];
    for (const sign of line) {
      cells[column++] = sign;
      // A wide character takes its own cell and the next.
      if (columnsOf(sign) === 2) cells[column++] = "";
    }
  }

  /** Returns the first free column after everything in a row. */
  end(row: number): number {
    return this.#rows[row]?.length ?? 0;
  }

  lines(): string[] {
    return Array.from(
      this.#rows,
      (cells) => Array.from(cells ?? [], (sign) => sign ?? " ").join(""),
    )
      .map((line) => line.trimEnd());
  }
}

function frame(canvas: Canvas, { columns, rows }: BoardDrawing): void {
  const edge = `+${"-".repeat(columns)}+`;
  canvas.put(0, 0, edge);
  for (let row = 0; row < rows; row++) canvas.put(0, row + FRAME, `|${" ".repeat(columns)}|`);
  canvas.put(0, rows + FRAME, edge);
}

function box(canvas: Canvas, { column, row, columns, rows, label: english }: DrawnBox): void {
  const label = say(english);
  const [left, top] = [column + FRAME, row + FRAME];
  const line = "-".repeat(columns - 2);
  canvas.put(left, top, `.${line}.`);
  for (let at = 1; at < rows - 1; at++) canvas.put(left, top + at, `|${" ".repeat(columns - 2)}|`);
  canvas.put(left, top + rows - 1, `'${line}'`);
  const start = left + Math.floor((columns - columnsOf(label)) / 2);
  canvas.put(start, top + Math.floor(rows / 2), label);
}

const signs = { pin: " o ", switch: "(=)", button: "( )" } as const;

function point(
  canvas: Canvas,
  { column, row, kind, label: english, side }: DrawnPoint,
  { columns }: BoardDrawing,
  marked: boolean,
): void {
  const label = say(english);
  const [x, y] = [column + FRAME, row + FRAME];
  canvas.put(x - 1, y, marked ? mark : signs[kind]);
  if (side === "left") return canvas.put(x - 2 - columnsOf(label), y, label);
  const outside = columns + 2 * FRAME + 1;
  canvas.put(isOutside(column, label, columns) ? outside : x + 3, y, label);
}

/** Returns true if a name to the right of a point does not fit into the frame. */
export function isOutside(column: number, label: string, columns: number): boolean {
  return column + 2 + columnsOf(label) >= columns;
}

/**
 * Draws a wire between two pins: straight in a row, otherwise around the right side of the board.
 */
function wire(canvas: Canvas, one: DrawnPoint, other: DrawnPoint, isOn: boolean): void {
  const rows = [one.row, other.row].sort((a, b) => a - b).map((row) => row + FRAME);
  if (rows[0] === rows[1]) {
    const [from, to] = [one.column, other.column].sort((a, b) => a - b);
    const length = to - from - 3;
    const line = isOn
      ? "-".repeat(Math.max(0, length))
      : ` ${say(text`no wire`)}`.slice(0, Math.max(0, length));
    canvas.put(from + FRAME + 2, rows[0], line);
    return;
  }
  if (!isOn) {
    canvas.put(canvas.end(rows[0]), rows[0], `  ${say(text`no wire`)}`);
    return;
  }
  const turn = Math.max(...rows.map((row) => canvas.end(row))) + 2;
  for (const row of rows) {
    const end = canvas.end(row);
    canvas.put(end, row, ` ${"-".repeat(turn - end - 1)}+`);
  }
  for (let row = rows[0] + 1; row < rows[1]; row++) canvas.put(turn, row, "|");
  canvas.put(turn + 2, Math.floor((rows[0] + rows[1]) / 2), say(text`wire`));
}
