import { UnbrickError } from "../../../common/errors.ts";
import { DfuStatus, stateName, statusMeaning, statusName } from "../packets/request.ts";
import type { StatusRecord } from "../packets/status_record.ts";
import { text, type Words } from "../../../common/text.ts";

/** Returns the error for dfuERROR during `what` ("erase the sector at 0x08000000"). */
export function deviceError(record: StatusRecord, what: Words): UnbrickError {
  if (record.bStatus === DfuStatus.OK) return impossibleState(record, what);
  const name = statusName(record.bStatus);
  return new UnbrickError(
    "device-status",
    text`The camera could not ${what}: it reported ${name} (${statusMeaning(record.bStatus)}).`,
    { status: record.bStatus, statusName: name, meaning: String(statusMeaning(record.bStatus)) },
  );
}

/** Returns the error for a state or status that is impossible at this point. */
export function impossibleState(record: StatusRecord, what: Words): UnbrickError {
  const state = stateName(record.bState), status = statusName(record.bStatus);
  return new UnbrickError(
    "protocol",
    text`When asked to ${what}, the camera answered ${state} with status ${status}, which is
      impossible.`,
    { state: record.bState, stateName: String(state), status: record.bStatus, statusName: status },
  );
}
