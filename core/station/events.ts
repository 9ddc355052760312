import type { Job } from "../family/board.ts";
import type { Failure } from "../common/errors.ts";
import type { DeviceSummary } from "../device/device_summary.ts";
import type { RunEvent } from "../plan/events.ts";
import type { RunReport } from "../plan/report.ts";
import type { HardwareAction } from "../plan/hardware_action.ts";
import type { Words } from "../common/text.ts";

/**
 * The events of a station. The screen, the JSON lines and the records are built only from these.
 */

/** The jobs that make sense for one camera after another. */
export type StationJob = Exclude<Job, "read" | "backup" | "put-back" | "check" | "look">;

/** Number of cameras so far. `started` = `proven` + `failed` + cameras in progress. */
export interface Totals {
  /** @asType integer */
  readonly started: number;
  /** @asType integer */
  readonly proven: number;
  /** @asType integer */
  readonly failed: number;
  /** Devices that were shown but not used, for example another board. @asType integer */
  readonly skipped: number;
  /** Proven cameras whose check found a fault; omitted if there are none. */
  readonly faulty?: number;
}

/**
 * Why a station does not use a device.
 * - `other-device`: it is no camera for this station, or cannot be told from another one.
 * - `blocked`: it cannot be opened or recognised (yet).
 * - `count-reached`: the station has worked on the number of cameras asked for.
 * - `error`: unbrick could not watch its port.
 */
export type UnusedReason = "other-device" | "blocked" | "count-reached" | "error";

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
  | {
    readonly state: "skipped";
    readonly reason: UnusedReason;
    readonly error: Failure;
    readonly detected?: DeviceSummary;
  }
  | {
    readonly state: "running";
    readonly run: number;
    /** Id of the board. */
    readonly board: string;
    readonly detected: DeviceSummary;
  }
  /** Proven: the camera can be removed. */
  | { readonly state: "finished"; readonly run: number }
  | { readonly state: "failed"; readonly run: number; readonly error: Failure };

/** An event of one port. */
export type PortEvent =
  & { readonly port: string }
  & (({ readonly type: "port" } & PortStatus) | (RunEvent & { readonly run: number }));

/** An event of a station, as printed by `--json`. */
export type StationEvent =
  | {
    readonly type: "station-started";
    readonly job: StationJob;
    readonly boards: readonly StationBoard[];
    readonly simulated: boolean;
    /** Number of cameras after which it ends; omitted if it runs until stopped. */
    readonly count?: number;
  }
  | PortEvent
  | { readonly type: "totals"; readonly totals: Totals }
  /** The record of a camera could not be written; the work continues. */
  | {
    readonly type: "record-lost";
    readonly error: Failure;
    readonly camera: StationCamera;
    readonly record: RunReport;
  }
  | (StationResult & {
    readonly type: "station-ended";
    /** The cameras whose records could not be written; omitted if there are none. */
    readonly recordsLost?: readonly StationCamera[];
    /** Why the table of all cameras (batch.csv) could not be written; omitted if it was. */
    readonly tableLost?: Failure;
  });

/** A board that the station works on. */
export interface StationBoard {
  readonly id: string;
  readonly name: string;
  readonly imagesFrom: Words;
}

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
  /** 0 only if it reached its count and all cameras are proven. @asType integer */
  readonly exitCode: number;
  /** The error that ended work on all ports, for example the loss of the bus. */
  readonly error?: Failure;
}

/** Returns true if the event belongs to one port. */
export function isPortEvent(event: StationEvent): event is PortEvent {
  return "port" in event;
}
