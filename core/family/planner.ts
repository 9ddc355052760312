import { UnbrickError } from "../common/errors.ts";
import { text } from "../common/text.ts";
import type { BoardImages } from "../image/image.ts";
import type { Step } from "../plan/step.ts";
import { type Board, type Job, jobSupport } from "./board.ts";
import type { BoardFamily, JobOptions } from "./family.ts";

/** Makes the steps of one job. @throws as BoardFamily.plan */
export type StepMaker<B extends Board> = (
  images: BoardImages,
  options: JobOptions,
  board: B,
) => readonly Step[];

/** What a family's planner uses: a function that makes the steps for each supported job. */
export interface PlanTable<B extends Board> {
  readonly steps: Readonly<Partial<Record<Job, StepMaker<B>>>>;
  /** Makes the steps that look at the camera once all is proven (`JobOptions.check`). */
  readonly afterwards?: StepMaker<B>;
  /** Returns the family's own description of the board. */
  own(board: Board): B;
  /** Returns the images as they are written. If omitted, they are written as given. */
  asWritten?(images: BoardImages, board: B): BoardImages;
}

/**
 * Returns the `plan` function of a family. It throws `wrong-board` for a job that the board does
 * not support.
 */
export function planner<B extends Board>(
  { steps, own, asWritten, afterwards }: PlanTable<B>,
): BoardFamily["plan"] {
  return (job, board, given, options) => {
    const support = jobSupport(board, job), make = steps[job];
    if (support !== true || !make) {
      const reason = support === true ? text`The ${board.name} has no ${job}.` : support.refused;
      throw new UnbrickError("wrong-board", reason, { board: board.id, job });
    }
    const ours = own(board);
    const images = asWritten?.(given, ours) ?? given;
    const isChecked = options.check === true && options.bootloaderOnly !== true;
    const checks = isChecked && afterwards?.(images, options, ours) || [];
    return { job, board, images, steps: [...make(images, options, ours), ...checks] };
  };
}
