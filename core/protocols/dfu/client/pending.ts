import { UnbrickError } from "../../../common/errors.ts";
import { duration } from "../../../common/format.ts";
import { text, type Words } from "../../../common/text.ts";
import { DfuState, DfuStatus, stateName } from "../packets/request.ts";
import type { StatusRecord } from "../packets/status_record.ts";
import { deviceError, impossibleState } from "./device_error.ts";

const DOWNLOADED: readonly number[] = [DfuState.dfuDNLOAD_IDLE];
/** The states that a device leaves by itself. */
const BUSY: readonly number[] = [
  DfuState.dfuDNBUSY,
  DfuState.dfuDNLOAD_SYNC,
  DfuState.dfuMANIFEST_SYNC,
  DfuState.dfuMANIFEST,
];

/** What the client waits for after a DNLOAD. */
export interface Pending {
  /** Returns what completes "the camera could not …": "erase the sector at 0x08000000". */
  what(): Words;
  /** Longest time until the device is done, milliseconds. */
  readonly deadlineMs: number;
  /** States that mean "done"; default dfuDNLOAD-IDLE. */
  readonly done?: readonly number[];
  /** Give up after dfuDNBUSY for this long, milliseconds; default: the deadline. */
  readonly busyLimitMs?: number;
}

/**
 * Returns true if the device is done, false if it is still busy.
 * @throws UnbrickError `device-status` for dfuERROR, `protocol` for an impossible state.
 */
export function isDone(record: StatusRecord, { what, done = DOWNLOADED }: Pending): boolean {
  if (record.bState === DfuState.dfuERROR) throw deviceError(record, what());
  if (record.bStatus !== DfuStatus.OK) throw impossibleState(record, what());
  if (done.includes(record.bState)) return true;
  if (!BUSY.includes(record.bState)) throw impossibleState(record, what());
  return false;
}

/** The error of a device that was not done in time. @param state the last one, if it said one */
export function tooLong(
  pending: Pending,
  state: number | undefined,
  cause?: unknown,
): UnbrickError {
  const what = pending.what();
  return new UnbrickError(
    "timeout",
    text`The camera did not ${what} within ${duration(pending.deadlineMs)}.`,
    {
      what: String(what),
      milliseconds: pending.deadlineMs,
      ...(state === undefined ? {} : { state, stateName: String(stateName(state)) }),
    },
    { cause },
  );
}
