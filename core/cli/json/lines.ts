import type { Failure } from "../../common/errors.ts";
import type { Words } from "../../common/text.ts";
import type { Outcome, RunEvent } from "../../plan/events.ts";
import type { RunReport } from "../../plan/report.ts";
import type { StationEvent } from "../../station/events.ts";
import type { ListedDevice } from "./device_lines.ts";
import type { DoctorLine } from "./doctor_lines.ts";
import type { BoardLine, GuideLine, PlanLine } from "./board_lines.ts";
import type { ImageLine } from "./image_lines.ts";
import type { FieldTestLine } from "./field_test_lines.ts";
import type { FileLine, KeptRunLine } from "./file_lines.ts";
import type { VerifiedRecordsLine } from "./record_lines.ts";
import type { TraceContent } from "./trace_content.ts";

/** Everything that `--json` prints, from one line of each type. docs/events.schema.json is made of it. */
export type JsonContent =
  | RunEvent
  | StationEvent
  | FailedLine
  | WarningLine
  | LostRecordLine
  | DebugLine
  | DeviceLine
  | DoctorLine
  | BoardLine
  | PlanLine
  | GuideLine
  | ImageLine
  | FileLine
  | KeptRunLine
  | FieldTestLine
  | ReplayEndedLine
  | LicenceLine
  | VerifiedRecordsLine
  | TraceContent;

/** A command ended before anything was written. */
export interface FailedLine {
  readonly type: "failed";
  readonly outcome: Extract<Outcome, "unchanged">;
  /** @asType integer */
  readonly exitCode: number;
  readonly error: Failure;
}

/** The trace, or the copy of the run for `unbrick runs`, is missing or incomplete. */
export interface WarningLine {
  readonly type: "trace-lost" | "run-not-kept";
  readonly error: Failure;
}

/** The record of a run is not in its file; the line contains it. */
export interface LostRecordLine {
  readonly type: "record-lost";
  readonly error: Failure;
  readonly record: RunReport;
}

/** With `--debug`: the stack of a defect. */
export interface DebugLine {
  readonly type: "debug";
  readonly stack?: string;
}

/** A device on the bus (`devices`); with `--watch`, its arrival or departure. */
export interface DeviceLine extends ListedDevice {
  readonly type: "device" | "arrived" | "left";
  /** Why it cannot be used. */
  readonly error?: Failure;
}

/** The end of `replay`. */
export interface ReplayEndedLine {
  readonly type: "replay-ended";
  readonly isSame: boolean;
  readonly differences: readonly Words[];
  /** How many payloads were left out of the recording, so that other bytes stood in for them. */
  readonly standIns: number;
  /** The first event of the run that differs. */
  readonly recorded?: string;
  readonly now?: string;
}

/** A licence of something that the program contains. */
export interface LicenceLine {
  readonly type: "licence";
  readonly name: string;
  readonly version: string;
  /** SPDX expression. */
  readonly licence: string;
  readonly text: string;
}
