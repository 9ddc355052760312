import type { Transfer } from "../../../core/transport/usb/transfer.ts";
import {
  DfuRequest,
  DfuState,
  DfuStatus,
  TO_HOST,
} from "../../../core/protocols/dfu/packets/request.ts";
import { StatusRecord } from "../../../core/protocols/dfu/packets/status_record.ts";

/** Wrong answers of a DFU device to GETSTATUS, by name, for fault runs. */

const answer = (bStatus: number, bState: number, bwPollTimeout = 0) => (transfer: Transfer) =>
  isGetStatus(transfer)
    ? StatusRecord.encode({ bStatus, bState, bwPollTimeout, iString: 0 })
    : undefined;

function isGetStatus(transfer: Transfer): boolean {
  return transfer.kind === "control" && transfer.setup.bmRequestType === TO_HOST &&
    transfer.setup.bRequest === DfuRequest.GETSTATUS;
}

export const wrongDfuAnswers = {
  "status-done": answer(DfuStatus.OK, DfuState.dfuDNLOAD_IDLE),
  "status-idle": answer(DfuStatus.OK, DfuState.dfuIDLE),
  "status-write-error": answer(DfuStatus.errWRITE, DfuState.dfuERROR),
  "status-vendor-error": answer(DfuStatus.errVENDOR, DfuState.dfuERROR),
  "status-nonsense": answer(0x22, 15),
  "status-busy": answer(DfuStatus.OK, DfuState.dfuDNBUSY, 0xff_ffff),
} as const;
