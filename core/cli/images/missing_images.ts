import { whereToGet } from "../../common/addresses.ts";
import { jobVerbs } from "../../plan/job_words.ts";
import type { Board, Job } from "../../family/board.ts";
import { placesFor, sourceOf } from "../../image/completeness.ts";
import type { ImageRole } from "../../image/image.ts";
import { wrap } from "../terminal/layout.ts";
import { list, text } from "../../common/text.ts";

/** Returns the job whose images a complete set contains; undefined if the board needs no images. */
export function measuringJob(board: Board): Extract<Job, "restore" | "flash"> | undefined {
  return (["restore", "flash"] as const).find((job) => board.jobs[job] === true);
}

/** Returns where to get the files that are missing for any of these boards, each place once. */
export function whereLines(missing: readonly ImageRole[], width: number): string[] {
  return placesFor(missing).flatMap(({ what }) => wrap(whereToGet(what), width));
}

/** Returns what is missing for a board, grouped by where to get it. */
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
