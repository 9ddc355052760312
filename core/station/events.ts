import type { Job } from "../family/board.ts";
import type { ErrorData, ErrorKind } from "../common/errors.ts";
import type { DeviceSummary } from "../device/device_summary.ts";
import type { RunEvent } from "../plan/events.ts";
import type { RunReport } from "../plan/report.ts";
import type { HardwareAction } from "../plan/hardware_action.ts";
import type { Words } from "../common/text.ts";

/**
 * The events of a station. The screen, the JSON lines and the records are built only from these.
 */

/** The jobs that make sense for one camera after another. */
export type StationJob = Exclude<Job, "read" | "backup" | "put-back" | "check">;

/** Number of cameras so far. `started` = `proven` + `failed` + cameras in progress. */
export interface Totals {
  readonly started: number;
  readonly proven: number;
  readonly failed: number;
  /** Devices that were shown but not used, for example another board. */
  readonly skipped: number;
  /** Proven cameras whose check found a fault; omitted if there are none. */
  readonly faulty?: number;
}

/** The status of a port, apart from the events of its run. */
export type PortStatus =
  /** Nothing is on the port. */
  | { readonly state: "waiting" }
  /** A camera of this board that needs steps by hand to enter another mode. */
  | {
    readonly state: "manual-steps";
    readonly detected: DeviceSummary;
    readonly actions: readonly HardwareAction[];
  }
  /** A device that is not used, and why. */
  | (Failure & { readonly state: "skipped"; readonly detected?: DeviceSummary })
  | { readonly state: "running"; readonly run: number; readonly detected: DeviceSummary }
  /** Proven: the camera can be removed. */
  | { readonly state: "finished"; readonly run: number }
  | (Failure & { readonly state: "failed"; readonly run: number });

/** An event of one port. */
export type PortEvent =
  & { readonly port: string }
  & (({ readonly type: "port" } & PortStatus) | (RunEvent & { readonly run: number }));

/** An event of a station, as printed by `--json`. */
export type StationEvent =
  | {
    readonly type: "station-started";
    readonly job: StationJob;
    readonly board: { readonly id: string; readonly name: string };
    readonly simulated: boolean;
    readonly imagesFrom: Words;
    /** Number of cameras after which it ends; omitted if it runs until stopped. */
    readonly count?: number;
  }
  | PortEvent
  | { readonly type: "totals"; readonly totals: Totals }
  /** The record of a camera could not be written; the work continues. */
  | (Failure & {
    readonly type: "record-lost";
    readonly camera: StationCamera;
    readonly record: RunReport;
  })
  | (StationResult & {
    readonly type: "station-ended";
    /** The cameras whose records could not be written; omitted if there are none. */
    readonly recordsLost?: readonly StationCamera[];
  });

/** A camera whose run ended. */
export interface StationCamera {
  readonly run: number;
  readonly port: string;
  readonly serial?: string;
}

/** How a station ended. */
export interface StationResult {
  readonly totals: Totals;
  readonly endedBy: "count" | "stop" | "error";
  /** 0 only if it reached its count and all cameras are proven. */
  readonly exitCode: number;
  /** The error that ended work on all ports, for example the loss of the bus. */
  readonly error?: Failure;
}

/** An error in an event. */
export interface Failure {
  readonly kind: ErrorKind;
  readonly message: Words;
  readonly data: ErrorData;
}

/** Returns true if the event belongs to one port. */
export function isPortEvent(event: StationEvent): event is PortEvent {
  return "port" in event;
}
