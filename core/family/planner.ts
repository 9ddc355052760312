import { UnbrickError } from "../common/errors.ts";
import { text } from "../common/text.ts";
import type { BoardImages } from "../image/image.ts";
import type { Step } from "../plan/step.ts";
import type { Board, Job } from "./board.ts";
import type { BoardFamily, JobOptions } from "./family.ts";

/** Makes the steps of one job. @throws as BoardFamily.plan */
export type StepMaker<B extends Board> = (
  images: BoardImages,
  options: JobOptions,
  board: B,
) => readonly Step[];

/** What a family plans from: a maker of steps for each job that it has. */
export interface PlanTable<B extends Board> {
  readonly steps: Readonly<Partial<Record<Job, StepMaker<B>>>>;
  /** The board as the family knows it. */
  own(board: Board): B;
  /** The images as they are written. Left out: as they are given. */
  asWritten?(images: BoardImages, board: B): BoardImages;
}

/** Returns the `plan` of a family. It refuses with `wrong-board` what the board does not offer. */
export function planner<B extends Board>(
  { steps, own, asWritten }: PlanTable<B>,
): BoardFamily["plan"] {
  return (job, board, given, options) => {
    const support = board.jobs[job], make = steps[job];
    if (support !== true || !make) {
      const reason = support === true ? text`The ${board.name} has no ${job}.` : support.refused;
      throw new UnbrickError("wrong-board", reason, { board: board.id, job });
    }
    const ours = own(board);
    const images = asWritten?.(given, ours) ?? given;
    return { job, board, images, steps: make(images, options, ours) };
  };
}
