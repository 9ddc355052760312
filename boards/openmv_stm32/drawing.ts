import { type BoardDrawing, pinColumn } from "../../core/family/drawing.ts";
import { text } from "../../core/common/text.ts";

/**
 * Draws BOOT and RST. The layout OpenMV published for the H7 (openmv-boards, openmv4/base) shows,
 * on the camera side with the lens above, two rows of eight pins; the right one ends with BOOT and
 * RST. All these cameras fit the same shields, so the rows are inferred to be the same for the M4,
 * the M7 and the H7 Plus; only the names that all of them share are drawn.
 */
const rows: BoardDrawing = {
  columns: 26,
  rows: 11,
  view: text`Camera side, held so that the lens is above the pins.`,
  caution: text`Go by the names printed beside the pins: BOOT and RST are neighbours.`,
  parts: [
    { kind: "box", round: true, column: 7, row: 0, columns: 12, rows: 3, label: text`lens` },
    ...pinColumn(1, 3, "right", ["P0", "P1", "P2", "P3", "P4", "P5", "P6", "3.3V"]),
    ...pinColumn(23, 3, "left", ["RST", "BOOT", "", "", "P8", "P7", "VIN", "GND"], [
      "BOOT",
      "RST",
    ]),
  ],
};

/** Draws only the names of the pins: the positions on the Pure Thermal are not known. */
const namesOnly: BoardDrawing = {
  columns: 30,
  rows: 6,
  view: text`A sketch, not to scale.`,
  caution: text`Find the pins by the names BOOT and RST that are printed beside them.`,
  parts: [
    { kind: "box", round: true, column: 9, row: 0, columns: 12, rows: 3, label: text`lens` },
    { kind: "pin", column: 8, row: 4, label: "BOOT", side: "left", part: "BOOT" },
    { kind: "pin", column: 21, row: 4, label: "RST", side: "right", part: "RST" },
  ],
};

export const drawings = { rows, namesOnly } as const;
