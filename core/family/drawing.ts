import type { Words } from "../common/text.ts";

/**
 * A small drawing of a board for people with a jumper wire in their hand: where the pins, the switch or
 * the button are. One description serves the terminal and the page; core draws it and knows no board.
 * Places are counted in character cells inside the frame, from 0 at the top left; a cell is twice as
 * high as it is wide.
 */
export interface BoardDrawing {
  readonly columns: number;
  readonly rows: number;
  /** How the board is held: "Camera side, the lens above the pins." */
  readonly view: Words;
  /** Where the places come from, or what may be different on the reader's board. */
  readonly caution: Words;
  readonly parts: readonly DrawnPart[];
}

/** What a drawing is made of. */
export type DrawnPart = DrawnBox | DrawnPoint;

/** Something large to find one's way by: the lens, a connector, a chip. */
export interface DrawnBox {
  readonly kind: "box";
  readonly round?: boolean;
  readonly column: number;
  readonly row: number;
  readonly columns: number;
  readonly rows: number;
  readonly label: Words;
}

/** A pin, switch or button with its name beside it. A label beyond the frame is drawn outside. */
export interface DrawnPoint {
  readonly kind: "pin" | "switch" | "button";
  readonly column: number;
  readonly row: number;
  readonly label: Words;
  readonly side: "left" | "right";
  /** The name under which a HardwareAction means it (`HardwareAction.parts`). */
  readonly part?: string;
}

/** A row of pins, one below the other, named from the top. */
export function pinColumn(
  column: number,
  row: number,
  side: DrawnPoint["side"],
  labels: readonly string[],
  parts: readonly string[] = [],
): DrawnPoint[] {
  return labels.map((label, at) => ({
    kind: "pin",
    column,
    row: row + at,
    label,
    side,
    part: parts.includes(label) ? label : undefined,
  }));
}

/** The points that hardware actions speak of. */
export function pointsOf(
  drawing: BoardDrawing,
  parts: readonly string[],
): DrawnPoint[] {
  return drawing.parts.filter((part): part is DrawnPoint =>
    part.kind !== "box" && part.part !== undefined &&
    parts.includes(part.part)
  );
}
