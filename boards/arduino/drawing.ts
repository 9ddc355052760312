import type { BoardDrawing } from "../../core/family/drawing.ts";
import { text } from "../../core/common/text.ts";

/** A sketch for all boards: outlines differ, each has one reset button. Not to scale. */
export const drawing: BoardDrawing = {
  columns: 30,
  rows: 5,
  view: text`A sketch, not to scale.`,
  caution: text`Press only the reset button. Do not press a BOOT button.`,
  parts: [
    { kind: "box", column: 0, row: 1, columns: 7, rows: 3, label: "USB" },
    { kind: "button", column: 14, row: 2, label: "RESET", side: "right", part: "RESET" },
  ],
};
