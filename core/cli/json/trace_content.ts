import type { Failure } from "../../common/errors.ts";
import type { LeftOut } from "../../trace/left_out.ts";
import type { SerialDirection } from "../../trace/rtac.ts";
import type { TraceFacts } from "../../trace/trace.ts";

/** What `trace show` prints of a packet; payloads are hexadecimal digits. */
export type TraceContent = TraceCommon & (TraceNote | TraceSerial | TraceTransfer);

interface TraceCommon {
  /** Bus and address (`1.2`), serial port, or empty. */
  readonly place: string;
  readonly what: string;
  readonly answer?: string;
  /** How long the transfer took, microseconds. @asType integer */
  readonly us?: number;
  readonly step?: string;
  readonly isError: boolean;
}

interface TraceNote {
  readonly type: "trace-note";
  readonly facts: TraceFacts;
}

interface TraceSerial {
  readonly type: "serial";
  readonly direction: SerialDirection;
  readonly bytes: string;
  readonly leftOut?: LeftOut;
}

interface TraceTransfer {
  readonly type: "transfer";
  readonly setup?: {
    readonly bmRequestType: number;
    readonly bRequest: number;
    readonly wValue: number;
    readonly wIndex: number;
    readonly wLength: number;
  };
  readonly endpoint: number;
  readonly length: number;
  readonly moved: number;
  readonly status: number;
  readonly error?: Failure;
  readonly sent: string;
  readonly received: string;
  readonly leftOut?: LeftOut;
  /** True if the operating system made the transfer by itself. */
  readonly isBySystem: boolean;
}
