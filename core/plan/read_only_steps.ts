import type { Image } from "../image/image.ts";
import type { OnRead } from "./read_back.ts";
import { readBackProof } from "./memory_proof.ts";
import type { StepContext } from "./step_context.ts";
import { imageTarget, type Step } from "./step.ts";
import { text, type Words } from "../common/text.ts";

/** The steps of the jobs `read` and `verify`, which write nothing. */

/** Returns a step that reads a range and outputs it under its name. */
export function readStep(
  name: string,
  /** Expected milliseconds. */
  weight: number,
  read: (context: StepContext) => Promise<Uint8Array>,
): Step {
  return {
    id: `read-${name}`,
    title: text`Read ${name}`,
    weight,
    effect: "none",
    async run(context) {
      context.output(name, await read(context));
    },
  };
}

/** An image and the memory of the camera to compare it with. */
export interface Comparison {
  readonly image: Image;
  /** Name for people: "firmware". */
  readonly region: Words;
  readonly address: number;
  /** Expected milliseconds. */
  readonly weight: number;
  /**
   * Reads all of the image's bytes and hands them over.
   * @throws UnbrickError `verify-failed` at the first difference
   */
  compare(context: StepContext, onRead: OnRead): Promise<void>;
}

/** Returns a step that compares an image with the camera's memory. */
export function compareStep({ image, region, address, weight, compare }: Comparison): Step {
  return {
    id: `verify-${image.role}`,
    title: text`Compare the ${region}`,
    weight,
    effect: "none",
    run: () => Promise.resolve(),
    prove: (context) =>
      readBackProof(
        context,
        [imageTarget(region, image, address)],
        (onRead) => compare(context, onRead),
      ),
  };
}
