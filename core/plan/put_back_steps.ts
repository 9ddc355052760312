import { UnbrickError } from "../common/errors.ts";
import { text, type Words } from "../common/text.ts";
import type { UnitId } from "../device/unit_id.ts";
import type { Board } from "../family/board.ts";
import type { Region } from "../image/backup.ts";
import type { Image } from "../image/image.ts";
import { otherCamera } from "./consents.ts";
import type { StepContext } from "./step_context.ts";
import type { Step } from "./step.ts";

/** What the job `put-back` writes, and its steps that write nothing. */

/** A backup that is to be written; its images have the names of the regions as roles. */
export interface PutBack {
  readonly regions: readonly Region[];
  /** The ids that the camera showed when it was backed up. */
  readonly camera: readonly UnitId[];
  /** The regions were named, so that none may be left out. */
  readonly isNamed: boolean;
}

/** A region that is left out, and why. */
export interface LeftOut {
  readonly name: string;
  readonly reason: Words;
}

/**
 * Returns the step that asks for a consent unless the camera shows that it is the one that was backed
 * up. The camera must have been there already.
 */
export function sameCameraStep({ camera }: PutBack, leftOut: readonly LeftOut[]): Step {
  return {
    id: "same-camera",
    title: text`Check that it is the camera of the backup`,
    weight: 20,
    effect: "none",
    consent: otherCamera,
    isDone(context) {
      for (const { name, reason } of leftOut) {
        context.note(text`${name} is left out: ${reason}`);
      }
      if (!isSameCamera(context, camera)) return Promise.resolve(undefined);
      const ids = context.unitIds.map(({ id }) => id).join(", ");
      const claim = text`It is the camera of the backup: ${ids}.`;
      return Promise.resolve({ claim, evidence: "device-check" });
    },
    run: () => Promise.resolve(),
  };
}

/** True if a pair of ids proves it and none denies it. */
function isSameCamera({ board, unitIds }: StepContext, known: readonly UnitId[]): boolean {
  const answers = known.flatMap((one) => unitIds.map((id) => board.isSameUnit?.(one, id)));
  return answers.includes(true) && !answers.includes(false);
}

/**
 * Returns the image, unless a check refuses it; then the region is left out, or the reason is thrown if
 * the region was named.
 * @throws UnbrickError as `check`
 */
export function checkedOrLeftOut(
  image: Image,
  { isNamed }: PutBack,
  leftOut: LeftOut[],
  check: (image: Image) => void,
): Image | undefined {
  try {
    check(image);
    return image;
  } catch (error) {
    if (isNamed || !(error instanceof UnbrickError)) throw error;
    leftOut.push({ name: image.role, reason: error.text });
    return undefined;
  }
}

/** The error for regions of which none can be written. */
export function nothingToWrite(board: Board, leftOut: readonly LeftOut[]): UnbrickError {
  const [first] = leftOut;
  return new UnbrickError(
    "not-found",
    first
      ? text`Nothing of this backup can be written to the ${board.name}: ${first.name} is left out:
          ${first.reason}`
      : text`The backup contains no region.`,
    { file: board.id },
  );
}
