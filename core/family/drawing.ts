import type { Words } from "../common/text.ts";

/**
 * Describes a small drawing of a board that shows where the pins, the switch or the button are. The
 * terminal and the HTML page draw the same description. Positions are character cells inside the
 * frame, starting at 0 in the top left corner; a cell is twice as high as it is wide.
 */
export interface BoardDrawing {
  readonly columns: number;
  readonly rows: number;
  /** How the board is held: "Camera side, the lens above the pins." */
  readonly view: Words;
  /** The source of the positions, or what may differ on the reader's board. */
  readonly caution: Words;
  readonly parts: readonly DrawnPart[];
}

/** An element of a drawing. */
export type DrawnPart = DrawnBox | DrawnPoint;

/** A large landmark: the lens, a connector or a chip. */
export interface DrawnBox {
  readonly kind: "box";
  readonly round?: boolean;
  readonly column: number;
  readonly row: number;
  readonly columns: number;
  readonly rows: number;
  readonly label: Words;
}

/**
 * A pin, switch or button with its name beside it. A label that does not fit into the frame is
 * drawn outside it.
 */
export interface DrawnPoint {
  readonly kind: "pin" | "switch" | "button";
  readonly column: number;
  readonly row: number;
  readonly label: Words;
  readonly side: "left" | "right";
  /** The name that a HardwareAction uses for this part (`HardwareAction.parts`). */
  readonly part?: string;
}

/** Returns a vertical row of pins, named from top to bottom. */
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

/** Returns the points whose parts the hardware actions name. */
export function pointsOf(
  drawing: BoardDrawing,
  parts: readonly string[],
): DrawnPoint[] {
  return drawing.parts.filter((part): part is DrawnPoint =>
    part.kind !== "box" && part.part !== undefined &&
    parts.includes(part.part)
  );
}
