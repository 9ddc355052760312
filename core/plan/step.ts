import type { Image, WholeFile } from "../image/image.ts";
import type { StepContext } from "./step_context.ts";
import type { Consent } from "./operator.ts";
import type { Proof } from "./proof.ts";
import type { Words } from "../common/text.ts";

/**
 * What a step does to the camera. Everything but `none` needs a proof before the run may succeed;
 * `irreversible` also needs a consent of its own.
 */
export type Effect = "none" | "erases" | "writes" | "irreversible";

/** Memory a step will change; what `plan --json` prints and the summary before the first write shows. */
export interface Target {
  /** Name for people: "bootloader", "ROMFS". */
  readonly region: Words;
  /** Absolute address, or offset in the region's own memory. */
  readonly address: number;
  /** Bytes. */
  readonly length: number;
  /** SHA-256 of what will stand there; left out for a plain erase. */
  readonly sha256?: string;
  /** File name of the image. */
  readonly image?: string;
  /** That file as it is, where only a part of it is written. */
  readonly file?: WholeFile;
}

/** Why a step leaves what is there, or that this cannot be told yet. */
export type Keeping = { readonly kept: Words } | "undecided";

/** One step of a plan. */
export interface Step {
  readonly id: string;
  /** Shown while it runs, present tense: "Write the bootloader". */
  readonly title: Words;
  /** Expected duration in milliseconds: its share of the one progress bar. */
  readonly weight: number;
  readonly effect: Effect;
  readonly targets?: readonly Target[];
  readonly consent?: Consent;
  /**
   * Asks the device whether the step's work is already there, so that a rerun can skip it. The answer
   * is the evidence; undefined means "not done". Steps of effect `none` answer with any true claim.
   */
  isDone?(context: StepContext): Promise<Proof | undefined>;
  /**
   * Says that the step may leave what is there, and changes nothing then: for the summary before the
   * first write. Left out or undefined: it writes.
   */
  keeping?(context: StepContext): Promise<Keeping | undefined>;
  /**
   * Says why this run cannot do the step, because an earlier one was left out: it is left out too, and
   * the run ends as `incomplete`. Undefined: it can.
   */
  impossible?(context: StepContext): Promise<Words | undefined>;
  /**
   * What must be seen to just before the first change, and only reads: where this fails, the step has
   * changed nothing.
   */
  prepare?(context: StepContext): Promise<void>;
  /** Does the work. Once it has begun, a step with an effect counts as one that changed the camera. */
  run(context: StepContext): Promise<void>;
  /** Evidence read from the device after `run`; undefined if only a later step can give it (`covers`). */
  prove?(context: StepContext): Promise<Proof | undefined>;
}

/** Where an image is written. @param region Name for people: "bootloader". */
export function imageTarget(region: Words, image: Image, address: number): Target {
  const { bytes, sha256, name, file } = image;
  return { region, address, length: bytes.length, sha256, image: name, ...(file && { file }) };
}
