import type { Job } from "../family/board.ts";
import type { DeviceSummary } from "../device/device_summary.ts";
import type { WholeFile } from "../image/image.ts";
import type { Milliseconds } from "../common/clock.ts";
import type { Failure } from "../common/errors.ts";
import type { ConfirmedBy } from "./action_tracker.ts";
import type { HardwareAction } from "./hardware_action.ts";
import type { Proof, RunningFirmware } from "./proof.ts";
import type { RegionBackup } from "./planned_backup.ts";
import type { Effect, Target } from "./step.ts";
import type { Words } from "../common/text.ts";

/** The events of a run. The screen, the JSON lines and the report are built only from these. */

/**
 * How a run ended.
 * - `proven`: everything that was written is proven, and nothing was left out. Exit code 0, and
 *   only then.
 * - `incomplete`: everything that was written is proven, but a step that the camera needs was left
 *   out.
 * - `unchanged`: nothing was written. With exit code 0: a job that only reads.
 * - `partly-written`: writing did not finish; run the same command again.
 * - `not-proven`: everything is written, but the proof is missing.
 * - `not-started`: everything that was written is proven, but the camera has not started from it.
 */
export type Outcome =
  | "proven"
  | "incomplete"
  | "unchanged"
  | "partly-written"
  | "not-proven"
  | "not-started";

/** A step as it appears in events and reports; see `Step`. */
export interface StepSummary {
  readonly id: string;
  readonly title: Words;
  readonly effect: Effect;
  /** Expected duration. */
  readonly expectedMs: Milliseconds;
  readonly targets: readonly Target[];
  /** Name of the consent that the step needs besides `write`. */
  readonly consent?: string;
}

/** An image without its content; see `Image`. */
export interface ImageSummary {
  readonly role: string;
  readonly name: string;
  readonly source: string;
  /** @asType integer */
  readonly bytes: number;
  readonly sha256: string;
  /** The whole file, if only a part of it is written. */
  readonly file?: WholeFile;
  readonly version?: string;
  readonly simulationOnly: boolean;
}

/** What becomes of a region before the first write, by its name for people. */
export interface SavedBefore {
  readonly region: Words;
  readonly state: RegionBackup["state"];
  /** Why it is not saved. */
  readonly reason?: Words;
}

/**
 * Why a step is not necessary.
 * - `already-done`: the camera already contains or is what the step would make of it.
 * - `kept`: what is there belongs to the user, or is to be kept for another reason.
 */
export type SkipReason = "already-done" | "kept";

/**
 * Why a run does not do a necessary step.
 * - `consent`: its consent was not given.
 * - `impossible`: an earlier step that it builds on was left out, or the camera does not allow it.
 */
export type LeaveOutReason = "consent" | "impossible";

/** What a check after the proof found, in one sentence; with the failure if it found one. */
export interface CheckResult {
  readonly claim: Words;
  readonly firmware?: RunningFirmware;
  readonly error?: Failure;
}

type Event =
  | {
    readonly type: "run-started";
    readonly job: Job;
    readonly board: { readonly id: string; readonly name: string };
    readonly simulated: boolean;
    /** A recording answered instead of a camera. */
    readonly replay?: true;
    readonly imagesFrom: Words;
    /** Why these images were chosen. */
    readonly imagesBecause?: Words;
    readonly images: readonly ImageSummary[];
    readonly steps: readonly StepSummary[];
  }
  | { readonly type: "step-started"; readonly step: string; readonly title: Words }
  /** The step is not necessary; `claim` is the evidence. */
  | {
    readonly type: "step-skipped";
    readonly step: string;
    readonly title: Words;
    readonly reason: SkipReason;
    readonly claim: Words;
  }
  /** The step is necessary, and this run does not do it. */
  | {
    readonly type: "step-left-out";
    readonly step: string;
    readonly title: Words;
    readonly reason: LeaveOutReason;
    readonly because: Words;
  }
  | {
    readonly type: "step-done";
    readonly step: string;
    readonly title: Words;
    readonly ms: Milliseconds;
  }
  | {
    readonly type: "progress";
    readonly step: string;
    /** Title of the step, or a text saying that unbrick is checking whether the step is needed. */
    readonly title: Words;
    /** Of the whole run, 0 to 1; never decreases. */
    readonly fraction: number;
    /** Of the step, in `unit`. @asType integer */
    readonly done: number;
    /** @asType integer */
    readonly total: number;
    readonly unit: "bytes" | "milliseconds";
    /**
     * Bytes a second in this step, when the unit is bytes and enough time has passed.
     * @asType integer
     */
    readonly rate?: number;
    /** Expected time to the end of the run, without steps by hand. */
    readonly remainingMs: Milliseconds;
  }
  /** Asks for steps by hand. The run continues when `waitingFor` appears on the bus. */
  | {
    readonly type: "hardware";
    readonly actions: readonly HardwareAction[];
    readonly waitingFor: Words;
    readonly deadlineMs: Milliseconds;
  }
  /**
   * Shows one of these steps alone, to a person who follows them one by one. `number` starts at 1.
   */
  | {
    readonly type: "action";
    readonly action: HardwareAction;
    /** @asType integer */
    readonly number: number;
    /** @asType integer */
    readonly total: number;
    readonly confirmedBy: ConfirmedBy;
  }
  | {
    readonly type: "action-done";
    readonly action: HardwareAction;
    readonly confirmedBy: ConfirmedBy;
  }
  | { readonly type: "waiting"; readonly waitingFor: Words; readonly deadlineMs: Milliseconds }
  /** A wait (`hardware` or `waiting`) has ended, whether or not the device appeared. */
  | { readonly type: "awaited"; readonly waitingFor: Words }
  /** The devices on the bus during a wait; sent when they change. */
  | {
    readonly type: "seen";
    readonly detectedDevices: readonly DeviceSummary[];
    /** What is wrong if another device appeared than the expected one, in one sentence. */
    readonly mistake?: Words;
  }
  /** The run is now bound to this camera, or the camera has appeared in another mode. */
  | { readonly type: "connected"; readonly detected: DeviceSummary }
  | {
    readonly type: "consent";
    readonly id: string;
    readonly text: Words;
    readonly granted: boolean;
  }
  /** Everything a person must know before the first write. Sent once, before asking for consent. */
  | {
    readonly type: "about-to-write";
    /** How the board was identified, one sentence each. */
    readonly identifiedBy: readonly Words[];
    /** The camera as it last appeared; omitted if it has not appeared yet. */
    readonly camera?: DeviceSummary;
    /** What the remaining steps change, in order. */
    readonly changes: readonly (Target & { readonly effect: Effect })[];
    /** What the camera contains that no step changes. */
    readonly keeps: readonly Words[];
    /** Why a step leaves one of these, though there is an image for it. */
    readonly keptBecause: readonly { readonly region: Words; readonly reason: Words }[];
    /** What is changed or kept, which can only be told later. */
    readonly undecided: readonly { readonly region: Words }[];
    /** With `--backup`: what is saved, or will be before anything can change it. */
    readonly backup?: {
      readonly file: string;
      readonly regions: readonly SavedBefore[];
    };
    /** Places of the user's files that may be lost, because there is no backup. */
    readonly mayLose: readonly Words[];
    /** Titles of steps that cannot be undone; each needs its own consent later. */
    readonly irreversible: readonly Words[];
    /** Expected time of the remaining steps, without steps by hand. */
    readonly expectedMs: Milliseconds;
  }
  /** A step that changes the camera starts; from now on the camera counts as changed. */
  | { readonly type: "changing"; readonly step: string; readonly what: Words }
  | { readonly type: "note"; readonly text: Words }
  | { readonly type: "proof"; readonly step: string; readonly proof: Proof }
  | {
    readonly type: "output";
    readonly name: string;
    /** @asType integer */
    readonly bytes: number;
  }
  /** What a check after the proof found. */
  | ({ readonly type: "checked"; readonly step: string } & CheckResult)
  | {
    readonly type: "run-ended";
    readonly outcome: Outcome;
    readonly replay?: true;
    /** @asType integer */
    readonly exitCode: number;
    readonly ms: Milliseconds;
    readonly error?: Failure;
  };

/** An event and the time it happened, counted from the start of the run. */
export type RunEvent = Event & { readonly at: Milliseconds };

/** An event to which the engine has not added the time yet. */
export type NewRunEvent = Event;
