import type { Job } from "../family/board.ts";
import type { DeviceSummary } from "../device/device_summary.ts";
import type { WholeFile } from "../image/image.ts";
import type { ErrorData, ErrorKind } from "../common/errors.ts";
import type { ToldBy } from "./hands.ts";
import type { HardwareAction } from "./hardware_action.ts";
import type { Proof } from "./proof.ts";
import type { Effect, Target } from "./step.ts";
import type { Words } from "../common/text.ts";

/** Everything that happens in a run. The screen, the JSON lines and the report are made of these alone. */

/**
 * How a run ended.
 * - `proven`: everything that was written is proven, and nothing was left out. Exit code 0, and only then.
 * - `incomplete`: everything that was written is proven; a step that the camera needs was left out.
 * - `unchanged`: nothing was written. With exit code 0: a job that only reads.
 * - `partly-written`: the same command must run again.
 * - `not-proven`: everything is written, and the proof is missing.
 */
export type Outcome = "proven" | "incomplete" | "unchanged" | "partly-written" | "not-proven";

/** A step as events and reports tell it; see `Step`. */
export interface StepSummary {
  readonly id: string;
  readonly title: Words;
  readonly effect: Effect;
  /** Expected duration, milliseconds. */
  readonly weight: number;
  readonly targets: readonly Target[];
  /** Name of the consent the step needs beside the ordinary one. */
  readonly consent?: string;
}

/** An image without its content; see `Image`. */
export interface ImageSummary {
  readonly role: string;
  readonly name: string;
  readonly source: string;
  readonly bytes: number;
  readonly sha256: string;
  /** The file as it is, where only a part of it is written. */
  readonly file?: WholeFile;
  readonly version?: string;
  readonly simulationOnly: boolean;
}

type Event =
  | {
    readonly type: "run-started";
    readonly job: Job;
    readonly board: { readonly id: string; readonly name: string };
    readonly simulated: boolean;
    readonly imagesFrom: Words;
    /** Why these images and no others. */
    readonly imagesBecause?: Words;
    readonly images: readonly ImageSummary[];
    readonly steps: readonly StepSummary[];
  }
  | { readonly type: "step-started"; readonly step: string; readonly title: Words }
  /** The device already held what the step would write; `claim` is its evidence. */
  | {
    readonly type: "step-skipped";
    readonly step: string;
    readonly title: Words;
    readonly claim: Words;
  }
  /** The step cannot be done in this run, or its consent was not given. */
  | {
    readonly type: "step-left-out";
    readonly step: string;
    readonly title: Words;
    readonly reason: Words;
  }
  | {
    readonly type: "step-done";
    readonly step: string;
    readonly title: Words;
    readonly ms: number;
  }
  | {
    readonly type: "progress";
    readonly step: string;
    /** Of the step, or that it is being checked whether the step is needed. */
    readonly title: Words;
    /** Of the whole run, 0 to 1, never falling. */
    readonly fraction: number;
    /** Of the step, in `unit`. */
    readonly done: number;
    readonly total: number;
    readonly unit: "bytes" | "milliseconds";
    /** Bytes a second in this step, when the unit is bytes and enough time has passed. */
    readonly rate?: number;
    /** Expected milliseconds to the end of the run, without waits for hands. */
    readonly remainingMs: number;
  }
  /** Hands are asked to move; the run goes on when `waitingFor` is seen on the bus. */
  | {
    readonly type: "hardware";
    readonly actions: readonly HardwareAction[];
    readonly waitingFor: Words;
    readonly deadlineMs: number;
  }
  /** One of them is shown alone, because somebody follows them one by one. Counted from 1. */
  | {
    readonly type: "action";
    readonly action: HardwareAction;
    readonly number: number;
    readonly total: number;
    readonly toldBy: ToldBy;
  }
  | { readonly type: "action-done"; readonly action: HardwareAction; readonly toldBy: ToldBy }
  | { readonly type: "waiting"; readonly waitingFor: Words; readonly deadlineMs: number }
  /** A wait (`hardware` or `waiting`) is over, whether its end was seen or not. */
  | { readonly type: "awaited"; readonly waitingFor: Words }
  /** What is on the bus while waiting; sent when it changes. */
  | {
    readonly type: "seen";
    readonly detectedDevices: readonly DeviceSummary[];
    /** What it means if it is not what is waited for: one sentence. */
    readonly mistake?: Words;
  }
  /** The run is now bound to this camera, or the camera shows itself in another way than before. */
  | { readonly type: "connected"; readonly detected: DeviceSummary }
  | {
    readonly type: "consent";
    readonly id: string;
    readonly text: Words;
    readonly granted: boolean;
  }
  /** Everything a person must know before the first write; sent once, before its consent is asked. */
  | {
    readonly type: "about-to-write";
    /** How it is known which board this is, one sentence each. */
    readonly identifiedBy: readonly Words[];
    /** The camera as the run met it last; left out if it was met in no mode yet. */
    readonly camera?: DeviceSummary;
    /** What the steps that are left change, in order. */
    readonly changes: readonly (Target & { readonly effect: Effect })[];
    /** What the camera holds and no step changes. */
    readonly keeps: readonly Words[];
    /** Why a step leaves one of these, though there is an image for it. */
    readonly keptBecause: readonly { readonly region: Words; readonly reason: Words }[];
    /** What is changed or kept, which can only be told later. */
    readonly undecided: readonly { readonly region: Words }[];
    /** Titles of steps that cannot be undone; each needs its own consent later. */
    readonly irreversible: readonly Words[];
    /** What is left, without waits for hands, milliseconds. */
    readonly expectedMs: number;
  }
  /** A step that changes the camera begins; from now on the camera counts as changed. */
  | { readonly type: "changing"; readonly step: string; readonly what: Words }
  | { readonly type: "note"; readonly text: Words }
  | { readonly type: "proof"; readonly step: string; readonly proof: Proof }
  | { readonly type: "output"; readonly name: string; readonly bytes: number }
  | {
    readonly type: "run-ended";
    readonly outcome: Outcome;
    readonly exitCode: number;
    readonly ms: number;
    readonly error?: {
      readonly kind: ErrorKind;
      readonly message: Words;
      readonly data: ErrorData;
      /** Step that failed, if one was running. */
      readonly step?: string;
    };
  };

/** An event and when it happened: milliseconds since the run began. */
export type RunEvent = Event & { readonly at: number };

/** An event before the engine has put the time on it. */
export type NewRunEvent = Event;
