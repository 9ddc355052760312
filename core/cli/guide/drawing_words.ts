import { type BoardDrawing, type DrawnPoint, pointsOf } from "../../family/drawing.ts";
import { wrap } from "../terminal/layout.ts";

/** What a drawing shows, in words: where each of the parts is, and what is beside it. */
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
      `${point.label} is at the ${height(point, drawing)} of the board, ${side(point, drawing)}.`,
      ...(above ? [`Above ${point.label} is ${above}.`] : []),
      ...(below ? [`Below ${point.label} is ${below}.`] : []),
    ];
  });
  return [drawing.view, ...sentences, drawing.caution].flatMap((text) => wrap(text, width));
}

const third = (at: number, of: number) => Math.min(2, Math.max(0, Math.floor(3 * at / of)));

function height({ row }: DrawnPoint, { rows }: BoardDrawing): string {
  return ["top", "middle", "bottom"][third(row, rows)];
}

function side({ column }: DrawnPoint, { columns }: BoardDrawing): string {
  return ["on the left", "in the centre", "on the right"][third(column, columns)];
}
