import { withDeadline } from "../common/clock.ts";
import type { BoundCamera } from "../device/bound_camera.ts";
import type { Expectation } from "../device/camera_access.ts";
import type { DetectedDevice, Mode } from "../device/detected_device.ts";
import type { HardwareAction } from "./hardware_action.ts";
import type { NewRunEvent } from "./events.ts";
import { ActionWatch } from "./action_watch.ts";
import type { Operator } from "./operator.ts";
import type { RunProgress } from "./progress.ts";
import type { Words } from "../common/text.ts";

export interface HardwareRequestOptions {
  readonly camera: BoundCamera;
  readonly operator: Operator;
  readonly progress: RunProgress;
  /** Default deadline of a request, ms (`--timeout`). */
  readonly deadlineMs: number;
  emit(event: NewRunEvent): void;
}

/** Asks for hardware actions and waits for their effect. */
export class HardwareRequests {
  readonly #options: HardwareRequestOptions;
  #tracker: ActionWatch | undefined;

  constructor(options: HardwareRequestOptions) {
    this.#options = options;
  }

  /** Watches the actions that were requested; undefined while none are. */
  get tracker(): ActionWatch | undefined {
    return this.#tracker;
  }

  /** As StepContext.request. */
  async request(
    actions: readonly HardwareAction[],
    expectation: Expectation,
  ): Promise<DetectedDevice> {
    const { what, modes, deadlineMs = this.#options.deadlineMs } = expectation;
    return await this.#watchActions(
      actions,
      { what, deadlineMs, modes },
      (signal, tracker) =>
        this.#options.camera.wait(expectation, {
          deadlineMs,
          signal,
          // A person who follows the actions one by one gets the full time for each of them.
          countsFrom: () => tracker.beganAt,
        }),
    );
  }

  /** As StepContext.requestWhile. */
  async requestWhile<T>(
    actions: readonly HardwareAction[],
    { what, deadlineMs = this.#options.deadlineMs }: {
      readonly what: string;
      readonly deadlineMs?: number;
    },
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const { clock } = this.#options.camera;
    return await this.#watchActions(
      actions,
      { what, deadlineMs },
      (signal) => withDeadline(clock, { ms: deadlineMs, what, signal }, work),
    );
  }

  async #watchActions<T>(
    actions: readonly HardwareAction[],
    { what: waitingFor, deadlineMs, modes }: {
      readonly what: Words;
      readonly deadlineMs: number;
      readonly modes?: readonly Mode[];
    },
    watch: (signal: AbortSignal, tracker: ActionWatch) => Promise<T>,
  ): Promise<T> {
    const { camera, operator, progress, emit } = this.#options;
    const { clock, board, port } = camera;
    await camera.close();
    emit({ type: "hardware", actions, waitingFor, deadlineMs });
    const isAnother = (one: DetectedDevice) => camera.isSameUnit(one) === false;
    const options = { clock, board, actions, modes, port, isAnother, emit };
    const tracker = this.#tracker = new ActionWatch(options);
    try {
      return await progress.paused(async () => {
        const stop = new AbortController();
        const signal = AbortSignal.any([camera.signal, stop.signal]);
        const performed = operator.perform(actions, board, signal, tracker);
        const seen = watch(signal, tracker);
        try {
          return await Promise.race([seen, performed.then(() => seen)]);
        } finally {
          stop.abort();
          await Promise.allSettled([performed, seen]);
        }
      });
    } finally {
      emit({ type: "awaited", waitingFor });
      this.#tracker = undefined;
    }
  }
}
