import type { Image } from "../image/image.ts";
import { readBackProof } from "./proof.ts";
import type { StepContext } from "./step_context.ts";
import type { Step } from "./step.ts";
import { text, type Words } from "../common/text.ts";

/** The steps of the jobs that only look, read and verify. Nothing is written. */

/** Reads a range and hands it over under its name. */
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

/** What stands in a camera, and what should stand there. */
export interface Comparison {
  readonly image: Image;
  /** Name for people: "firmware". */
  readonly region: Words;
  readonly address: number;
  /** Expected milliseconds. */
  readonly weight: number;
  /** Reads all of the image's bytes. @throws UnbrickError `verify-failed` at the first difference. */
  compare(context: StepContext): Promise<void>;
}

/** Compares an image with what the camera holds. */
export function compareStep({ image, region, address, weight, compare }: Comparison): Step {
  return {
    id: `verify-${image.role}`,
    title: text`Compare the ${region}`,
    weight,
    effect: "none",
    run: compare,
    prove: () => Promise.resolve(readBackProof(region, image, address)),
  };
}
