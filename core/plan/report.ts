import type { Clock, Milliseconds } from "../common/clock.ts";
import { type Failure, failureOf, type UnbrickError } from "../common/errors.ts";
import type { DeviceSummary } from "../device/device_summary.ts";
import type {
  CheckResult,
  ImageSummary,
  LeaveOutReason,
  Outcome,
  RunEvent,
  SkipReason,
  StepSummary,
} from "./events.ts";
import type { HardwareAction } from "./hardware_action.ts";
import type { Job } from "../family/board.ts";
import type { Proof } from "./proof.ts";
import { isSame, type Words } from "../common/text.ts";

/** The result of one step of a run. */
export interface StepRecord extends StepSummary {
  readonly state: "not-reached" | "skipped" | "done" | "failed" | "left-out";
  /** Since the run began; left out if the step never started. */
  readonly startedAt?: Milliseconds;
  readonly ms?: Milliseconds;
  /** Of a step that was skipped or left out. */
  readonly reason?: SkipReason | LeaveOutReason;
  /** Why the step was left out. */
  readonly leftOutBecause?: Words;
  /** Evidence that made the step unnecessary. */
  readonly skippedBecause?: Words;
  readonly proofs: readonly Proof[];
}

/**
 * A mode in which the camera appeared (ROM, bootloader, firmware), with the serial number it
 * reported.
 */
export interface DeviceRecord extends DeviceSummary {
  /** When it first appeared, counted from the start of the run. */
  readonly at: Milliseconds;
}

/** A time during which the run waited for steps by hand or for the camera to restart. */
export interface WaitRecord {
  readonly waitingFor: Words;
  readonly actions: readonly HardwareAction[];
  /** Counted from the start of the run. */
  readonly at: Milliseconds;
  readonly ms: Milliseconds;
}

/** Where a run happens. */
export interface RunOrigin {
  /** Name of the computer. */
  readonly host: string;
  /** Of the executable; omitted if unbrick runs from its source code. */
  readonly sha256?: string;
}

/** The record of a run, as `--report` writes it. Built only from the events. */
export interface RunReport {
  readonly schema: 1;
  /**
   * False while the run continues; stays false if the program was killed. `outcome` is then what is
   * known so far.
   */
  readonly finished: boolean;
  /** `sha256` is that of the executable; omitted if unbrick runs from its source code. */
  readonly tool: { readonly name: "unbrick"; readonly version: string; readonly sha256?: string };
  /** Name of the computer; omitted in a record that was made of a trace. */
  readonly host?: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** The person who ran it, free text (`--operator`). */
  readonly operator?: string;
  readonly job: Job;
  /** Omitted while unknown. */
  readonly board?: { readonly id: string; readonly name: string };
  readonly simulated: boolean;
  /** True if a recording answered instead of a camera: the record proves nothing of any. */
  readonly replay?: true;
  /** Omitted until the images are chosen. */
  readonly imagesFrom?: Words;
  readonly images: readonly ImageSummary[];
  /** Each mode in which the run's camera appeared, in order. */
  readonly devices: readonly DeviceRecord[];
  readonly steps: readonly StepRecord[];
  readonly waits: readonly WaitRecord[];
  readonly consents: readonly {
    readonly id: string;
    readonly text: Words;
    readonly granted: boolean;
  }[];
  readonly notes: readonly Words[];
  /** What the check after the proof found; omitted if there was none. */
  readonly check?: CheckResult;
  readonly outcome: Outcome;
  /** Omitted while the run continues. @asType integer */
  readonly exitCode?: number;
  readonly ms: Milliseconds;
  readonly error?: Failure;
  /** Of a station: the port, and the number of the run. */
  readonly station?: StationPlace;
  /** Of a station: the place in the chain of records, from 1, and the SHA-256 of the record before. */
  readonly chain?: {
    /** @asType integer */
    readonly number: number;
    readonly previous: string | null;
    /** SHA-256 of the page beside the record. */
    readonly page: string;
  };
  /** True if the program ended before the run did, and a later start closed the record. */
  readonly closed?: true;
}

export interface StationPlace {
  readonly port: string;
  /** @asType integer */
  readonly run: number;
}

type EventOf<Type extends RunEvent["type"]> = Extract<RunEvent, { type: Type }>;

/** What is known of a run before it starts. */
export interface RunBasis {
  readonly version: string;
  readonly operator?: string;
  readonly job: Job;
  readonly board?: { readonly id: string; readonly name: string };
  readonly simulated: boolean;
  readonly replay?: true;
  readonly origin?: RunOrigin;
  readonly station?: StationPlace;
}

/** Collects the events of one run. */
export class Recorder {
  readonly #startedAt: string;
  readonly #events: RunEvent[] = [];
  #failure: UnbrickError | undefined;

  constructor(clock: Clock, readonly basis: RunBasis) {
    this.#startedAt = clock.date().toISOString();
  }

  /**
   * Adds an event. Progress events are not kept: their number grows with the size of the images,
   * and they are of no use afterwards.
   */
  add(event: RunEvent): void {
    if (event.type !== "progress") this.#events.push(event);
  }

  /** Records an error from before the run started: nothing was written. */
  failed(error: UnbrickError): void {
    this.#failure = error;
  }

  /** Returns the record as far as it is known now. */
  report(): RunReport {
    const { version, operator, job, board, simulated, replay, origin, station } = this.basis;
    const start = this.#all("run-started")[0];
    return {
      schema: 1,
      ...this.#ending(),
      tool: { name: "unbrick", version, sha256: origin?.sha256 },
      host: origin?.host,
      startedAt: this.#startedAt,
      operator,
      job: start?.job ?? job,
      board: start?.board ?? board,
      simulated: start?.simulated ?? simulated,
      ...(replay && { replay }),
      ...(station && { station }),
      imagesFrom: start?.imagesFrom,
      images: start?.images ?? [],
      devices: this.#devices(),
      steps: (start?.steps ?? []).map((step) => this.#record(step)),
      waits: this.#waits(),
      consents: this.#all("consent").map(({ id, text, granted }) => ({ id, text, granted })),
      notes: this.#all("note").map((event) => event.text),
      check:
        this.#all("checked").map(({ claim, firmware, error }) => ({ claim, firmware, error }))[0],
    };
  }

  #ending(): Pick<RunReport, "finished" | "outcome" | "exitCode" | "ms" | "error"> {
    const end = this.#all("run-ended")[0];
    if (end) {
      const { outcome, exitCode, ms, error } = end;
      return { finished: true, outcome, exitCode, ms, error };
    }
    const ms = this.#events.at(-1)?.at ?? 0;
    if (this.#failure) {
      const error = failureOf(this.#failure);
      return { finished: true, outcome: "unchanged", exitCode: error.exitCode, ms, error };
    }
    const isChanged = this.#all("changing").length > 0;
    return { finished: false, outcome: isChanged ? "partly-written" : "unchanged", ms };
  }

  #record(step: StepSummary): StepRecord {
    const end = this.#all("run-ended")[0];
    const started = this.#all("step-started").find((event) => event.step === step.id);
    const skipped = this.#all("step-skipped").find((event) => event.step === step.id);
    const done = this.#all("step-done").find((event) => event.step === step.id);
    const leftOut = this.#all("step-left-out").find((event) => event.step === step.id);
    const state = skipped
      ? "skipped"
      : done
      ? "done"
      : leftOut
      ? "left-out"
      : end?.error?.step === step.id
      ? "failed"
      : "not-reached";
    return {
      ...step,
      state,
      startedAt: (started ?? skipped)?.at,
      ms: done?.ms,
      skippedBecause: skipped?.claim,
      reason: skipped?.reason ?? leftOut?.reason,
      leftOutBecause: leftOut?.because,
      proofs: this.#all("proof").filter((one) => one.step === step.id).map((one) => one.proof),
    };
  }

  #devices(): DeviceRecord[] {
    const met = new Map<string, DeviceRecord>();
    for (const { detected, at } of this.#all("connected")) {
      const key = JSON.stringify(detected);
      if (!met.has(key)) met.set(key, { ...detected, at });
    }
    return [...met.values()];
  }

  /** Returns the waits; each lasts until its `awaited` event. */
  #waits(): WaitRecord[] {
    return this.#events.flatMap((event, index) => {
      if (event.type !== "hardware" && event.type !== "waiting") return [];
      const { waitingFor, at } = event;
      const next = this.#events.slice(index + 1).find((one) =>
        one.type === "awaited" && isSame(one.waitingFor, waitingFor)
      );
      const actions = event.type === "hardware" ? event.actions : [];
      return [{ waitingFor, actions, at, ms: (next?.at ?? at) - at }];
    });
  }

  #all<Type extends RunEvent["type"]>(type: Type): EventOf<Type>[] {
    return this.#events.filter((event): event is EventOf<Type> => event.type === type);
  }
}
