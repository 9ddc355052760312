import type { Place } from "../../common/addresses.ts";
import type { Board, Job, JobSupport } from "../../family/board.ts";
import type { BoardDrawing } from "../../family/drawing.ts";
import type { ImageRole } from "../../image/image.ts";
import type { TrapValue } from "../../common/traps.ts";
import type { Words } from "../../common/text.ts";
import type { ImageSummary, StepSummary } from "../../plan/events.ts";
import type { GuideStep } from "../guide/guide_steps.ts";

/** The jobs that `boards` lists. */
export type ListedJob = Exclude<Job, "look">;

/** A board and what it supports (`boards`). */
export type BoardLine =
  & {
    readonly type: "board";
    readonly names: readonly string[];
    /** What a job may ask for: `--allow NAME`, `--allow-fuse NAME`. */
    readonly consents: readonly {
      readonly id: string;
      readonly text: Words;
      readonly isFuse: boolean;
    }[];
    /** What its simulated camera can be at the start: `--condition NAME`. */
    readonly conditions: readonly string[];
    readonly traps: readonly TrapFacts[];
  }
  & { readonly jobs: Readonly<Record<ListedJob, JobSupport>> }
  & Pick<Board, "id" | "name" | "maker" | "folder" | "chip" | "roles">
  & Pick<Board, "recoveryActions" | "afterActions">;

/** A trap of a simulated camera: `--trap NAME=VALUE`. */
export interface TrapFacts {
  readonly name: string;
  readonly default: TrapValue;
  /** The only values that it can have; left out: any of the type of the default. */
  readonly values?: readonly TrapValue[];
}

/** What a job would do (`plan`). */
export interface PlanLine {
  readonly type: "plan";
  readonly job: Job;
  readonly board: { readonly id: string; readonly name: string };
  readonly imagesFrom: Words;
  /** Why these images were chosen. */
  readonly imagesBecause?: Words;
  readonly images: readonly ImageSummary[];
  /** Where to get those that are for simulated cameras only. */
  readonly whereToGet: readonly Place[];
  readonly steps: readonly StepSummary[];
}

/** The steps by hand (`guide`). */
export interface GuideLine {
  readonly type: "guide";
  /** Id of the board. */
  readonly board: string;
  readonly job?: Job;
  /** Why the board cannot be restored. */
  readonly refused?: Words;
  readonly steps: readonly GuideStep[];
  readonly parts: readonly string[];
  readonly images: readonly ImageRole[];
  readonly drawing?: BoardDrawing;
}
