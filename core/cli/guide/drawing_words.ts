import { type BoardDrawing, type DrawnPoint, pointsOf } from "../../family/drawing.ts";
import { wrap } from "../terminal/layout.ts";
import { text, type Words } from "../../common/text.ts";

/** Describes a drawing in words: where each part is, and what is beside it. */
export function drawingWords(
  drawing: BoardDrawing,
  parts: readonly string[],
  width: number,
): string[] {
  const points = drawing.parts.filter((part): part is DrawnPoint => part.kind !== "box");
  const sentences = pointsOf(drawing, parts).flatMap((point) => {
    const neighbour = (row: number) =>
      points.find((one) => one.column === point.column && one.row === row)?.label;
    const above = neighbour(point.row - 1), below = neighbour(point.row + 1);
    return [
      text`${point.label} is at the ${height(point, drawing)} of the board, ${
        side(point, drawing)
      }.`,
      ...(above ? [text`Above ${point.label} is ${above}.`] : []),
      ...(below ? [text`Below ${point.label} is ${below}.`] : []),
    ];
  });
  return [drawing.view, ...sentences, drawing.caution].flatMap((words) => wrap(words, width));
}

const third = (at: number, of: number) => Math.min(2, Math.max(0, Math.floor(3 * at / of)));

function height({ row }: DrawnPoint, { rows }: BoardDrawing): Words {
  return [text`top`, text`middle`, text`bottom`][third(row, rows)];
}

function side({ column }: DrawnPoint, { columns }: BoardDrawing): Words {
  return [text`on the left`, text`in the centre`, text`on the right`][third(column, columns)];
}
