import type { BoardDrawing } from "../../core/family/drawing.ts";
import { text } from "../../core/common/text.ts";

/** Draws only the names of the pins: the positions on the N6 are not known. */
export const drawing: BoardDrawing = {
  columns: 30,
  rows: 6,
  view: text`A sketch, not to scale.`,
  caution:
    text`Find the pins by the names printed beside them: BOOT may be called BOOT0, and VCC 3.3V.
      Leave the small BOOT1 switch off.`,
  parts: [
    { kind: "box", round: true, column: 9, row: 0, columns: 12, rows: 3, label: text`lens` },
    { kind: "pin", column: 8, row: 4, label: "BOOT", side: "left", part: "BOOT" },
    { kind: "pin", column: 21, row: 4, label: "VCC", side: "right", part: "VCC" },
  ],
};
