import assert from "node:assert/strict";
import { families } from "./support/boards/families.ts";
import { allBoards } from "../core/cli/devices/board_names.ts";
import { drawingLines } from "../core/cli/guide/drawing_text.ts";
import { guideOf } from "../core/cli/guide/guide_steps.ts";
import { pointsOf } from "../core/family/drawing.ts";

for (const { board } of allBoards(families)) {
  const { parts } = guideOf(board);
  if (parts.length === 0) continue;
  Deno.test(`${board.id}: the drawing shows every part for the actions by hand, in a terminal of 80 by 24`, () => {
    assert.ok(board.drawing, "it has a drawing");
    assert.deepEqual(
      pointsOf(board.drawing, parts).map(({ part }) => part).sort(),
      [...parts].sort(),
    );
    const lines = drawingLines(board.drawing, parts);
    assert.ok(lines.length < 20 && lines.every((line) => line.length < 60));
    assert.equal(lines.join().match(/\[#\]/g)?.length, parts.length);
    for (const { column, row } of board.drawing.parts) {
      assert.ok(column < board.drawing.columns && row < board.drawing.rows, "inside the frame");
    }
  });
}
