import { Command, Get } from "../packets/command.ts";
import { Nak } from "../packets/error_code.ts";
import { MRAM_BASE, MRAM_LINE, MRAM_SIZE } from "../packets/memory_map.ts";
import { SeromEnquiry } from "../packets/replies.ts";
import { GetRequest, WriteRequest } from "../packets/requests.ts";
import type { Enclave } from "./contract.ts";
import { revisionPayload } from "./identity.ts";

/** The commands of the enclave's ROM: identity, and single lines into MRAM (alif-isp.md C.6). */
export class SeromCommands {
  hasSpoken = false;

  constructor(private readonly enclave: Enclave) {}

  handle(command: number, payload: Uint8Array): void {
    const { enclave } = this;
    this.hasSpoken = true;
    switch (command) {
      case Command.START_ISP:
      case Command.STOP_ISP:
        return enclave.ack();
      case Command.RESET_DEVICE:
        enclave.ack();
        return enclave.reset();
      case Command.ENQUIRY: {
        const { state } = enclave;
        const error = state?.kind === "SEROM" ? state.error : 0;
        return enclave.data(SeromEnquiry.encode({ error, extendedError: 0 }));
      }
      case Command.GET:
        if (GetRequest.tryDecode(payload)?.object !== Get.REVISION) {
          return enclave.nak(Nak.UNKNOWN_GET_OBJECT);
        }
        return enclave.data(revisionPayload(enclave.options));
      case Command.MRAM_WRITE:
        return this.#write(payload);
    }
    enclave.nak(Nak.UNKNOWN_COMMAND);
  }

  #write(payload: Uint8Array): void {
    const { enclave } = this;
    const { mram, traps } = enclave.options;
    if (payload.length !== WriteRequest.size) return enclave.nak(Nak.BAD_PACKET_SIZE);
    const { offset, line } = WriteRequest.decode(payload);
    if (offset % MRAM_LINE !== 0) return enclave.nak(Nak.MRAM_OFFSET_MISALIGNED);
    if (offset + MRAM_LINE > MRAM_SIZE) return enclave.nak(Nak.BAD_DESTINATION_ADDR);
    const address = MRAM_BASE + offset;
    if (!traps?.lostLines?.includes(address)) mram.program(address, line);
    enclave.ack();
  }
}
