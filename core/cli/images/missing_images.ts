import { jobVerbs } from "../../plan/job_words.ts";
import type { Board, Job } from "../../family/board.ts";
import { sourceOf } from "../../image/completeness.ts";
import type { ImageRole } from "../../image/image.ts";
import { wrap } from "../terminal/layout.ts";
import { list, text } from "../../common/text.ts";

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
  const sources = Map.groupBy(missing, ({ comesWith }) => comesWith);
  return [...sources].flatMap(([comesWith, roles]) => {
    const files = list(
      roles.map(({ title, fileNames }) => text`${title} (${fileNames[0] ?? "-"})`),
    );
    const source = sourceOf(comesWith);
    return wrap(
      text`To ${jobVerbs[job]} the ${board.id}, these files from ${source} are missing: ${files}.`,
      width,
    );
  });
}
