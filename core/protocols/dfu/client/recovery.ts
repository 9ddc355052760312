import { type Clock, throwIfAborted } from "../../../common/clock.ts";
import { isKind, UnbrickError } from "../../../common/errors.ts";
import { text } from "../../../common/text.ts";
import { tooLong } from "./device_error.ts";
import { refusalOf } from "./refusal.ts";
import { DfuState, DfuStatus, stateName } from "../packets/request.ts";
import type { StatusRecord } from "../packets/status_record.ts";

/** Pause between polls of a device whose bwPollTimeout is 0. */
export const SHORTEST_POLL_MS = 2;
/** Longest time that an earlier session's erase or write may still take. */
const RECOVERY_MS = 10_000;
/** Pause after a GETSTATUS that was refused. */
const REFUSED_POLL_MS = 200;
/** Most CLRSTATUS and ABORT requests in toIdle. */
const RECOVERY_REQUESTS = 6;

/** The requests that recovery needs (DfuClient). */
export interface RecoverableDevice {
  readonly clock: Clock;
  getState(): Promise<number | undefined>;
  getStatus(): Promise<StatusRecord>;
  abort(): Promise<void>;
  clearStatus(): Promise<void>;
}

/**
 * Brings the device to dfuIDLE from any state that an earlier session left (dfu-dfuse.md B3):
 * CLRSTATUS only in dfuERROR, ABORT where it is known to help, waiting while the device is busy.
 * It starts with GETSTATE, because GETSTATUS would execute the last command of an interrupted
 * session.
 * @throws UnbrickError `protocol` (not in DFU mode, or it does not become idle), `timeout`,
 * `cancelled`.
 */
export async function toIdle(dfu: RecoverableDevice, signal?: AbortSignal): Promise<void> {
  const deadline = dfu.clock.now() + RECOVERY_MS;
  const { dfuDNLOAD_SYNC, dfuMANIFEST_SYNC, dfuDNLOAD_IDLE, dfuUPLOAD_IDLE } = DfuState;
  const abortable: number[] = [dfuDNLOAD_SYNC, dfuMANIFEST_SYNC, dfuDNLOAD_IDLE, dfuUPLOAD_IDLE];
  let refusal: unknown;
  for (let requests = 0; requests < RECOVERY_REQUESTS;) {
    if (signal) throwIfAborted(signal);
    const state = await dfu.getState();
    if (state !== undefined && abortable.includes(state)) {
      requests++;
      refusal = await refusalOf(dfu.abort());
      continue;
    }
    const left = deadline - dfu.clock.now();
    const record = await statusUnlessBusy(dfu, left);
    if (record.bState === DfuState.dfuIDLE) return;
    if (record.bState === DfuState.dfuERROR) {
      requests++;
      refusal = await refusalOf(dfu.clearStatus());
    } else if (abortable.includes(record.bState)) {
      requests++;
      refusal = await refusalOf(dfu.abort());
    } else if (record.bState === DfuState.dfuDNBUSY || record.bState === DfuState.dfuMANIFEST) {
      if (left <= 0) {
        const pending = { what: text`finish its earlier work`, deadlineMs: RECOVERY_MS };
        throw tooLong(pending, record.bState);
      }
      const pause = Math.min(Math.max(record.bwPollTimeout, SHORTEST_POLL_MS), left);
      await dfu.clock.sleep(pause, signal);
    } else {
      throw new UnbrickError(
        "protocol",
        text`The camera is stuck in DFU state ${stateName(record.bState)}.`,
        { state: record.bState, stateName: String(stateName(record.bState)) },
      );
    }
  }
  throw refusal ?? new UnbrickError(
    "protocol",
    text`The camera does not return to the DFU state dfuIDLE.`,
  );
}

/** Sends GETSTATUS until the deadline: a device that refuses it is busy (F0, L4). */
async function statusUnlessBusy(dfu: RecoverableDevice, left: number): Promise<StatusRecord> {
  try {
    return await dfu.getStatus();
  } catch (error) {
    if (!isKind(error, "stalled") || left <= 0) throw error;
    const { dfuDNBUSY: bState } = DfuState;
    return { bStatus: DfuStatus.OK, bwPollTimeout: REFUSED_POLL_MS, bState, iString: 0 };
  }
}
