import type { BoardDrawing } from "../../core/family/drawing.ts";
import { text } from "../../core/common/text.ts";

/** The recovery switch is on the camera side, in the bottom left corner (openmv-boards.md 2.5). */
export const drawing: BoardDrawing = {
  columns: 26,
  rows: 9,
  view: text`Camera side, the switch at the bottom left.`,
  caution: text`The switch is very small: use a pointed tool. The rest is not drawn to scale.`,
  parts: [
    { kind: "box", round: true, column: 7, row: 1, columns: 12, rows: 5, label: text`lens` },
    {
      kind: "switch",
      column: 2,
      row: 7,
      label: text`recovery switch`,
      side: "right",
      part: "RECOVERY",
    },
  ],
};
