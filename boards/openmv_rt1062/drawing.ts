import { type BoardDrawing, pinColumn } from "../../core/family/drawing.ts";
import { text } from "../../core/common/text.ts";

/**
 * Draws SBL and 3.3V. The layout OpenMV published for revision 2 (openmv-boards, openmv5/rt1060r2)
 * shows, on the camera side with the lens above, two columns of pins at the right edge; the outer
 * one is named by a list on the board and ends with SBL and 3.3V.
 */
export const drawing: BoardDrawing = {
  columns: 28,
  rows: 11,
  view: text`Camera side, held so that the lens is above the pins.`,
  caution:
    text`Drawn from revision 2. Go by the names printed on the board. Do not touch VIN, next to
      SBL.`,
  parts: [
    { kind: "box", round: true, column: 8, row: 0, columns: 12, rows: 3, label: text`lens` },
    ...pinColumn(1, 3, "right", ["P0", "P1", "P2", "P3", "P4", "P5", "P6", "3.3V"]),
    ...pinColumn(21, 3, "left", ["RST", "WKE", "P10", "P9", "P8", "P7", "VIN", "GND"]),
    ...pinColumn(25, 3, "right", ["", "", "", "", "P14", "P13", "SBL", "3.3V"], ["SBL", "3.3V"]),
  ],
};
