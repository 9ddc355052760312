import { DfuRequest, TO_HOST } from "../../../core/protocols/dfu/packets/request.ts";
import type { Transfer } from "../../../core/transport/usb/transfer.ts";
import {
  encodePhase,
  GET_PHASE_LENGTH,
  NO_ADDRESS,
  PhaseId,
  type PhaseRecord,
} from "../../../core/protocols/serial_boot/packets/phase.ts";

/** Wrong answers to GetPhase, by name, for fault runs. */

const answer = (record: PhaseRecord) => (transfer: Transfer) =>
  isGetPhase(transfer) ? encodePhase(record) : undefined;

function isGetPhase(transfer: Transfer): boolean {
  return transfer.kind === "control" && transfer.setup.bmRequestType === TO_HOST &&
    transfer.setup.bRequest === DfuRequest.UPLOAD && transfer.setup.wLength === GET_PHASE_LENGTH;
}

export const wrongPhases = {
  "phase-end": answer({ phase: PhaseId.END, address: NO_ADDRESS, offset: 0 }),
  "phase-layout": answer({ phase: PhaseId.LAYOUT, address: NO_ADDRESS, offset: 0 }),
  "phase-elsewhere": answer({ phase: PhaseId.APPLICATION, address: 0x7010_0000, offset: 0 }),
  "phase-fuses": answer({ phase: PhaseId.OTP, address: NO_ADDRESS, offset: 0 }),
  "phase-error": answer({
    phase: PhaseId.ERROR,
    address: NO_ADDRESS,
    offset: 0,
    errorText: "made up",
  }),
} as const;
