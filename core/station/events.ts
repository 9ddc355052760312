import type { Job } from "../family/board.ts";
import type { ErrorData, ErrorKind } from "../common/errors.ts";
import type { DeviceSummary } from "../device/device_summary.ts";
import type { RunEvent } from "../plan/events.ts";
import type { RunReport } from "../plan/report.ts";
import type { HardwareAction } from "../plan/hardware_action.ts";
import type { Words } from "../common/text.ts";

/** Everything that happens at a station: screen, JSON lines and records are made of these alone. */

/** The jobs that make sense for one camera after another. */
export type StationJob = Exclude<Job, "read">;

/** Cameras so far. `started` = `proven` + `failed` + those that are being worked on. */
export interface Totals {
  readonly started: number;
  readonly proven: number;
  readonly failed: number;
  /** Devices that were told on their line and left alone: another board, not to be opened. */
  readonly skipped: number;
}

/** What a port's line says, apart from the events of the run on it. */
export type PortStatus =
  /** Nothing is on the port. */
  | { readonly state: "waiting" }
  /** A camera of this board, which hands must first bring into another mode. */
  | {
    readonly state: "manual-steps";
    readonly detected: DeviceSummary;
    readonly actions: readonly HardwareAction[];
  }
  /** Something that is left alone, and why. */
  | (Failure & { readonly state: "skipped"; readonly detected?: DeviceSummary })
  | { readonly state: "running"; readonly run: number; readonly detected: DeviceSummary }
  /** Proven: the camera can be taken away. */
  | { readonly state: "finished"; readonly run: number }
  | (Failure & { readonly state: "failed"; readonly run: number });

/** An event of one port. */
export type PortEvent =
  & { readonly port: string }
  & (({ readonly type: "port" } & PortStatus) | (RunEvent & { readonly run: number }));

/** Everything that a station tells: the line of `--json`, and what its screen is made from. */
export type StationEvent =
  | {
    readonly type: "station-started";
    readonly job: StationJob;
    readonly board: { readonly id: string; readonly name: string };
    readonly simulated: boolean;
    readonly imagesFrom: Words;
    /** Ends after so many cameras; left out: when it is stopped. */
    readonly count?: number;
  }
  | PortEvent
  | { readonly type: "totals"; readonly totals: Totals }
  /** The record of a camera could not be written; the work goes on. */
  | (Failure & { readonly type: "record-lost"; readonly record?: RunReport })
  | (StationResult & { readonly type: "station-ended" });

/** How a station ended. */
export interface StationResult {
  readonly totals: Totals;
  readonly endedBy: "count" | "stop" | "error";
  /** 0 only if it ended by its count and all cameras are proven. */
  readonly exitCode: number;
  /** Why nothing could go on on any port: the bus was lost. */
  readonly error?: Failure;
}

/** What is told of an error. */
export interface Failure {
  readonly kind: ErrorKind;
  readonly message: Words;
  readonly data: ErrorData;
}

/** True for what belongs to one port. */
export function isPortEvent(event: StationEvent): event is PortEvent {
  return "port" in event;
}
