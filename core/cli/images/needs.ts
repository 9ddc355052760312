import type { Board, Job } from "../../family/board.ts";
import { sourceOf } from "../../image/completeness.ts";
import type { ImageRole } from "../../image/image.ts";
import { wrap } from "../terminal/layout.ts";

/** The job that shows whether a set is whole for a board; undefined if the board takes no images. */
export function measuringJob(board: Board): Extract<Job, "restore" | "flash"> | undefined {
  return (["restore", "flash"] as const).find((job) => board.jobs[job] === true);
}

/** What is missing for a board, by where it can be had. */
export function missingLines(
  board: Board,
  job: Job,
  missing: readonly ImageRole[],
  width: number,
): string[] {
  const sources = Map.groupBy(missing, ({ comesWith }) => sourceOf(comesWith));
  return [...sources].flatMap(([source, roles]) => {
    const files = roles.map(({ title, fileNames }) => `${title} (${fileNames[0] ?? "-"})`).join(
      ", ",
    );
    return wrap(`${board.id} ${job} lacks what comes with ${source}: ${files}.`, width);
  });
}
