import type { Mode } from "../../device/sighting.ts";
import type { RunEvent } from "../../plan/events.ts";

type EventOf<Type extends RunEvent["type"]> = Extract<RunEvent, { type: Type }>;

/** What a view must remember of a run, made from its events alone. */
export interface RunState {
  readonly started?: EventOf<"run-started">;
  readonly step?: { readonly id: string; readonly title: string };
  readonly progress?: EventOf<"progress">;
  /** What is waited for, until when (milliseconds since the run began). */
  readonly waiting?: { readonly what: string; readonly until: number };
  /** What hands must do meanwhile. */
  readonly actions?: EventOf<"hardware">["actions"];
  readonly seen?: EventOf<"seen">["sightings"];
  /** The port the run is bound to, and how the camera last showed itself there. */
  readonly port?: string;
  readonly mode?: Mode;
  readonly proofs: readonly EventOf<"proof">[];
  readonly touched: boolean;
}

export const noRun: RunState = { proofs: [], touched: false };

/** The state after one more event. */
export function reduce(state: RunState, event: RunEvent): RunState {
  switch (event.type) {
    case "run-started":
      return { ...noRun, started: event };
    case "step-started":
      return { ...state, step: { id: event.step, title: event.title }, waiting: undefined };
    case "progress":
      return { ...state, progress: event, waiting: undefined };
    case "hardware":
    case "waiting":
      return {
        ...state,
        waiting: { what: event.waitingFor, until: event.at + event.deadlineMs },
        actions: event.type === "hardware" ? event.actions : undefined,
      };
    case "seen":
      return {
        ...state,
        seen: event.sightings,
        mode: event.sightings.find((one) => one.port === state.port)?.mode ?? state.mode,
      };
    case "connected":
      return {
        ...state,
        port: event.sighting.port,
        mode: event.sighting.mode,
        waiting: undefined,
      };
    case "proof":
      return { ...state, proofs: [...state.proofs, event] };
    case "touching":
      return { ...state, touched: true, waiting: undefined };
    case "step-done":
    case "step-skipped":
    case "run-ended":
      return { ...state, step: undefined, waiting: undefined };
    default:
      return state;
  }
}
