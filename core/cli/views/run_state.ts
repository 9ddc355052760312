import type { Mode } from "../../device/detected_device.ts";
import type { RunEvent } from "../../plan/events.ts";
import { isSame, type Words } from "../../common/text.ts";

type EventOf<Type extends RunEvent["type"]> = Extract<RunEvent, { type: Type }>;

/** What a view must remember of a run, made from its events alone. */
export interface RunState {
  readonly started?: EventOf<"run-started">;
  /** What is being done, or checked before it is done. */
  readonly step?: { readonly id: string; readonly title: Words };
  readonly progress?: EventOf<"progress">;
  /** What is waited for, until when (milliseconds since the run began). */
  readonly waiting?: {
    readonly what: Words;
    readonly until: number;
    readonly deadlineMs: number;
  };
  /** What hands must do meanwhile. */
  readonly actions?: EventOf<"hardware">["actions"];
  readonly seen?: EventOf<"seen">["detectedDevices"];
  /** What came instead of what is waited for; `isNew` if it was not told just before. */
  readonly mistake?: { readonly text: Words; readonly at: number; readonly isNew: boolean };
  /** The hardware action that is to be done now, when they are shown one by one. */
  readonly action?: EventOf<"action">;
  /** The port the run is bound to, and how the camera last showed itself there. */
  readonly port?: string;
  readonly mode?: Mode;
  /** Hands have brought the camera into recovery by a jumper or a switch, and not back. */
  readonly isInRecovery?: boolean;
  /** The camera as it was last seen. */
  readonly camera?: EventOf<"connected">["detected"];
  readonly proofs: readonly EventOf<"proof">[];
  readonly changed: boolean;
}

export const initialRun: RunState = { proofs: [], changed: false };

/** The state after one more event. */
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

/** The camera came as it was waited for: what hands were asked to do meanwhile is done. */
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

/** A camera that starts wrongly shows its bootloader and then its firmware: that is one mistake, ms. */
const SAME_MISTAKE_MS = 5_000;

function mistakeOf({ mistake: last }: RunState, { mistake, at }: EventOf<"seen">) {
  if (mistake === undefined) return last && { ...last, isNew: false };
  return {
    text: mistake,
    at,
    isNew: !last || !isSame(mistake, last.text) || at - last.at > SAME_MISTAKE_MS,
  };
}
