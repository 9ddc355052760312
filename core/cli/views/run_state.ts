import type { Mode } from "../../device/detected_device.ts";
import type { RunEvent } from "../../plan/events.ts";
import { isSame, type Words } from "../../common/text.ts";

type EventOf<Type extends RunEvent["type"]> = Extract<RunEvent, { type: Type }>;

/** What a view must remember of a run, built only from its events. */
export interface RunState {
  readonly started?: EventOf<"run-started">;
  /** The step that is running, or being checked before it runs. */
  readonly step?: { readonly id: string; readonly title: Words };
  readonly progress?: EventOf<"progress">;
  /**
   * The device or action that the run waits for, and until when (milliseconds since the run
   * started).
   */
  readonly waiting?: {
    readonly what: Words;
    readonly until: number;
    readonly deadlineMs: number;
  };
  /** The actions to carry out by hand during the wait. */
  readonly actions?: EventOf<"hardware">["actions"];
  readonly seen?: EventOf<"seen">["detectedDevices"];
  /** The message about an unexpected device; `isNew` if it was not shown just before. */
  readonly mistake?: { readonly text: Words; readonly at: number; readonly isNew: boolean };
  /** The current hardware action, if they are shown one by one. */
  readonly action?: EventOf<"action">;
  /** The port that the run is bound to, and the mode in which the camera last appeared there. */
  readonly port?: string;
  readonly mode?: Mode;
  /**
   * True if the camera was put into recovery mode by a jumper or a switch, and not yet put back.
   */
  readonly isInRecovery?: boolean;
  /** The camera as it last appeared. */
  readonly camera?: EventOf<"connected">["detected"];
  readonly proofs: readonly EventOf<"proof">[];
  readonly changed: boolean;
  /** What the check after the proof found. */
  readonly check?: EventOf<"checked">;
}

export const initialRun: RunState = { proofs: [], changed: false };

/** Returns the state after another event. */
export function reduce(state: RunState, event: RunEvent): RunState {
  switch (event.type) {
    case "run-started":
      return { ...initialRun, started: event };
    case "step-started":
      return { ...state, step: { id: event.step, title: event.title }, waiting: undefined };
    case "progress":
      return {
        ...state,
        progress: event,
        step: { id: event.step, title: event.title },
        waiting: undefined,
      };
    case "hardware":
    case "waiting":
      return {
        ...state,
        waiting: {
          what: event.waitingFor,
          until: event.at + event.deadlineMs,
          deadlineMs: event.deadlineMs,
        },
        actions: event.type === "hardware" ? event.actions : undefined,
      };
    case "seen":
      return {
        ...state,
        ...seenCamera(state, event.detectedDevices),
        mistake: mistakeOf(state, event),
      };
    case "action": {
      const { waiting } = state;
      const renewed = waiting && { ...waiting, until: event.at + waiting.deadlineMs };
      return { ...state, action: event, waiting: renewed };
    }
    case "action-done":
      return { ...state, action: undefined };
    case "awaited":
      return { ...state, waiting: undefined, action: undefined };
    case "connected":
      return {
        ...state,
        port: event.detected.port,
        mode: event.detected.mode,
        camera: event.detected,
        isInRecovery: recoveryAfter(state),
        waiting: undefined,
      };
    case "proof":
      return { ...state, proofs: [...state.proofs, event] };
    case "checked":
      return { ...state, check: event };
    case "changing":
      return { ...state, changed: true, waiting: undefined };
    case "step-done":
    case "step-skipped":
    case "step-left-out":
    case "run-ended":
      return { ...state, step: undefined, waiting: undefined };
    default:
      return state;
  }
}

/**
 * Returns whether the camera is in recovery mode after it appeared as expected, which shows that
 * the actions are done.
 */
function recoveryAfter({ actions = [], isInRecovery }: RunState): boolean | undefined {
  const included = (...ids: string[]) => actions.some(({ id }) => ids.includes(id));
  if (included("fit-jumper", "switch-on")) return true;
  return included("remove-jumper", "switch-off") ? false : isInRecovery;
}

function seenCamera(
  state: RunState,
  detectedDevices: EventOf<"seen">["detectedDevices"],
): Partial<RunState> {
  const camera = detectedDevices.find((one) => one.port === state.port);
  return {
    seen: detectedDevices,
    camera: camera ?? state.camera,
    mode: camera?.mode ?? state.mode,
  };
}

/**
 * A camera that starts in the wrong mode shows its bootloader and then its firmware. Within this
 * time, that counts as one mistake, ms.
 */
const SAME_MISTAKE_MS = 5_000;

function mistakeOf({ mistake: last }: RunState, { mistake, at }: EventOf<"seen">) {
  if (mistake === undefined) return last && { ...last, isNew: false };
  return {
    text: mistake,
    at,
    isNew: !last || !isSame(mistake, last.text) || at - last.at > SAME_MISTAKE_MS,
  };
}
