import type { Image, WholeFile } from "../image/image.ts";
import type { StepContext } from "./step_context.ts";
import type { Consent } from "./operator.ts";
import type { Proof } from "./proof.ts";
import type { PlannedBackup } from "./planned_backup.ts";
import type { Words } from "../common/text.ts";

/**
 * What a step does to the camera. All effects except `none` need a proof before the run may
 * succeed; `irreversible` also needs its own consent.
 */
export type Effect = "none" | "erases" | "writes" | "irreversible";

/**
 * A memory range that a step will change. `plan --json` and the summary before the first write show
 * it.
 */
export interface Target {
  /** Name for people: "bootloader", "ROMFS". */
  readonly region: Words;
  /** Absolute address, or offset in the region's own memory. */
  readonly address: number;
  /** Bytes. */
  readonly length: number;
  /** SHA-256 of the new content; omitted where it is not known before it is read. */
  readonly sha256?: string;
  /** File name of the image. */
  readonly image?: string;
  /** The whole file, if only a part of it is written. */
  readonly file?: WholeFile;
}

/** Why a step leaves what is there, or that this cannot be told yet. */
export type Keeping = { readonly kept: Words } | "undecided";

/** One step of a plan. */
export interface Step {
  readonly id: string;
  /** Shown while the step runs: "Write the bootloader". */
  readonly title: Words;
  /**
   * Runs once everything before it is proven, and only reads. What it finds is a result of its own:
   * neither its proof nor its failure changes how the run ends.
   */
  readonly isCheck?: true;
  /** Expected duration in milliseconds; the step's share of the progress bar. */
  readonly weight: number;
  readonly effect: Effect;
  readonly targets?: readonly Target[];
  readonly consent?: Consent;
  /**
   * The evidence that proves the step where its targets are not read back: a fuse, or memory that
   * the chip does not let be read. By default every target must be read back with the planned digest.
   */
  readonly provenBy?: "fuse" | "device-check";
  /**
   * Asks the device whether the step is already done, so that a rerun can skip it. Returns the
   * evidence; undefined means "not done". Steps with effect `none` may return any true claim.
   */
  isDone?(context: StepContext): Promise<Proof | undefined>;
  /**
   * Returns whether the step keeps what is there and changes nothing, for the summary before the first
   * write. Undefined, as without this method, means that it writes.
   */
  keeping?(context: StepContext): Promise<Keeping | undefined>;
  /** Returns what a backup of this run contains or will contain, for the same summary. */
  backup?(context: StepContext): Promise<PlannedBackup>;
  /**
   * Returns why this run cannot do the step because an earlier one was left out. The step is then
   * left out too, and the run ends as `incomplete`. Undefined means that it can.
   */
  impossible?(context: StepContext): Promise<Words | undefined>;
  /**
   * Makes read-only preparations just before the first change. If it fails, the step has changed
   * nothing.
   */
  prepare?(context: StepContext): Promise<void>;
  /**
   * Does the work. As soon as it starts, a step with an effect counts as having changed the camera.
   */
  run(context: StepContext): Promise<void>;
  /**
   * Returns evidence read from the device after `run`; undefined if only a later step can read the
   * targets.
   */
  prove?(context: StepContext): Promise<Proof | undefined>;
}

/** Returns the target for writing an image. @param region Name for people: "bootloader". */
export function imageTarget(region: Words, image: Image, address: number): Target {
  const { bytes, sha256, name, file } = image;
  return { region, address, length: bytes.length, sha256, image: name, ...(file && { file }) };
}
