import {
  type BoardDrawing,
  type DrawnBox,
  type DrawnPoint,
  pointsOf,
} from "../../family/drawing.ts";
import { say } from "../language/say.ts";
import { type Html, markup } from "../pages/html.ts";
import { isOutside } from "./drawing_text.ts";
import { joined, text } from "../../common/text.ts";

/** Draws a board as SVG for the page; the page's style sets the colours. */

/** Size of a cell, and the margin around the board, in SVG units. */
const CELL = { width: 10, height: 20 } as const;
const MARGIN = 12;
/** Space on the right for names and the wire. */
const ASIDE = 104;

const x = (column: number) => MARGIN + (column + 0.5) * CELL.width;
const y = (row: number) => MARGIN + (row + 0.5) * CELL.height;

/**
 * @param parts names as in HardwareAction.parts
 * @param state whether the jumper wire or the switch is on or off
 */
export function drawingSvg(
  drawing: BoardDrawing,
  parts: readonly string[],
  state: "on" | "off",
): Html {
  const marked = pointsOf(drawing, parts);
  const pins = marked.filter(({ kind }) => kind === "pin");
  const [width, height] = [drawing.columns * CELL.width, drawing.rows * CELL.height];
  const names = joined(marked.map(({ label }) => label), text` and `);
  return markup`
    <svg
      class="board"
      role="img"
      aria-label="${text`The board with ${names} marked`}"
      viewBox="0 0 ${width + 2 * MARGIN + ASIDE} ${height + 2 * MARGIN}"
    >
      <rect
        class="edge"
        x="${MARGIN}"
        y="${MARGIN}"
        width="${width}"
        height="${height}"
        rx="10"
      />
      ${
    drawing.parts.map((part) =>
      part.kind === "box"
        ? box(part)
        : point(part, drawing, marked.includes(part) ? state : undefined)
    )
  } ${pins.length === 2 && wire(drawing, pins[0], pins[1], state)}
    </svg>
  `;
}

function box({ column, row, columns, rows, label, round }: DrawnBox): Html {
  const [left, top] = [MARGIN + column * CELL.width, MARGIN + row * CELL.height + 4];
  const [width, height] = [columns * CELL.width, rows * CELL.height - 4];
  const [middleX, middleY] = [left + width / 2, top + height / 2];
  const outline = round
    ? markup`
      <circle class="thing" cx="${middleX}" cy="${middleY}" r="${Math.min(width, height) / 2}" />
    `
    : markup`
      <rect
        class="thing"
        x="${left}"
        y="${top}"
        width="${width}"
        height="${height}"
        rx="4"
      />
    `;
  return markup`
    ${outline}<text x="${middleX}" y="${middleY + 4}" text-anchor="middle">${label}</text>
  `;
}

function point(
  { kind, column, row, label, side }: DrawnPoint,
  { columns }: BoardDrawing,
  state: "on" | "off" | undefined,
): Html {
  const [cx, cy] = [x(column), y(row)];
  const shape = kind === "switch"
    ? markup`
      <rect class="point" x="${cx - 12}" y="${cy - 7}" width="24" height="14" rx="4" />
      <rect class="knob" x="${cx - 4}" y="${cy - 4}" width="8" height="8" rx="2" />
    `
    : markup`
      <circle class="point" cx="${cx}" cy="${cy}" r="${kind === "pin" ? 5 : 9}" />
    `;
  const beside = kind === "pin" ? 12 : 18;
  const at = side === "left"
    ? cx - beside
    : isOutside(column, say(label), columns)
    ? MARGIN + columns * CELL.width + 6
    : cx + beside;
  const anchor = side === "left" ? "end" : "start";
  // The board shows which position of a switch is on; the drawing only names the state.
  const name = kind === "switch" && state ? text`${label}: ${states[state]}` : label;
  return markup`
    <g class="${state ? "marked" : "plain"}">
      ${shape}<text x="${at}" y="${cy + 4.5}" text-anchor="${anchor}">${name}</text>
    </g>
  `;
}

const states = { on: text`on`, off: text`off` } as const;

/** Draws an arc: below pins in a row, to the right of pins in a column. */
function wire(
  { columns }: BoardDrawing,
  one: DrawnPoint,
  other: DrawnPoint,
  state: "on" | "off",
): Html {
  const [x1, y1, x2, y2] = [x(one.column), y(one.row), x(other.column), y(other.row)];
  const what = state === "on" ? text`jumper wire` : text`wire removed`;
  if (y1 === y2) {
    const middle = (x1 + x2) / 2;
    return markup`
      <path
        class="wire ${state}"
        d="M${x1} ${y1} Q${middle} ${y1 + 24} ${x2} ${y2}"
      />
      <text class="name" x="${middle}" y="${y1 + 28}" text-anchor="middle">${what}</text>
    `;
  }
  const isNamed = [one, other].some(({ column, label, side }) =>
    side === "right" && isOutside(column, say(label), columns)
  );
  const aside = MARGIN + columns * CELL.width + (isNamed ? 46 : 8);
  const bulge = x1 + 24;
  const middle = (y1 + y2) / 2;
  const words = say(what).split(" ");
  return markup`
    <path
      class="wire ${state}"
      d="M${x1} ${y1} C${bulge} ${y1} ${bulge} ${y2} ${x2} ${y2}"
    />
    ${
    words.map((word, at) =>
      markup`<text class="name" x="${aside}" y="${middle - 3 + 15 * at}">${word}</text>`
    )
  }
  `;
}

/** Styles of the parts, with the colours of the page. */
export const drawingStyle = `
.board { display: block; width: 100%; max-width: 27rem; height: auto; margin: .6rem 0 0; }
.board text { font: 13px system-ui, "DejaVu Sans", sans-serif; fill: var(--ink); }
.board .edge { fill: var(--board); stroke: var(--soft); stroke-width: 1.5; }
.board .thing { fill: var(--paper); stroke: var(--soft); stroke-width: 1.5; }
.board .point { fill: var(--paper); stroke: var(--soft); stroke-width: 2; }
.board .knob { fill: var(--soft); }
.board .marked .point { fill: var(--signal); stroke: var(--ink); stroke-width: 2.5; }
.board .marked .knob { fill: var(--ink); }
.board .marked text { font-weight: 700; }
.board .wire { fill: none; stroke: var(--signal-line); stroke-width: 4; stroke-linejoin: round; }
.board .wire.off { stroke-dasharray: 5 5; stroke: var(--soft); }
.board .name { font-weight: 700; fill: var(--signal-line); }
`;
