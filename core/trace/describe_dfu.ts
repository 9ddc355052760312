import { hex } from "../common/format.ts";
import { AddressCommand, DfuSeCommand } from "../protocols/dfu/packets/dfuse_command.ts";
import {
  DFUSE_VERSION,
  findFunctionalDescriptor,
} from "../protocols/dfu/packets/functional_descriptor.ts";
import { DfuRequest, stateName, statusName } from "../protocols/dfu/packets/request.ts";
import { StatusRecord } from "../protocols/dfu/packets/status_record.ts";
import type { TracedTransfer } from "./read_trace.ts";
import type { TracedUsbDevice } from "./traced_devices.ts";
import { byteWords, type Described, nameIn, payloadWords } from "./described.ts";

/** Requests of DFU and of DfuSe, ST's extension, in the terms of their specifications. */
export function describeDfu(
  transfer: TracedTransfer,
  device: TracedUsbDevice,
): Described | undefined {
  const { setup, received } = transfer;
  if (!setup || (setup.bmRequestType & 0x7f) !== 0x21) return undefined;
  const name = nameIn(DfuRequest, setup.bRequest);
  switch (setup.bRequest) {
    case DfuRequest.DNLOAD:
      return {
        request: dfuSeCommand(transfer, device) ??
          `DNLOAD block ${setup.wValue}, ${payloadWords(transfer, setup.wLength)}`,
      };
    case DfuRequest.UPLOAD:
      return {
        request: `UPLOAD block ${setup.wValue}, ${byteWords(setup.wLength)}`,
        answer: payloadWords(transfer, received.length),
      };
    case DfuRequest.GETSTATUS: {
      const status = StatusRecord.tryDecode(received);
      return {
        request: "GETSTATUS",
        ...(status && {
          answer: [
            ...(status.bStatus === 0 ? [] : [statusName(status.bStatus)]),
            String(stateName(status.bState)),
            ...(status.bwPollTimeout === 0 ? [] : [`${status.bwPollTimeout} ms`]),
          ].join(", "),
          isError: status.bStatus !== 0,
        }),
      };
    }
    case DfuRequest.GETSTATE:
      return {
        request: "GETSTATE",
        ...(received.length > 0 && { answer: String(stateName(received[0])) }),
      };
    default:
      return name === undefined ? undefined : { request: name };
  }
}

function dfuSeCommand(
  { setup, sent }: TracedTransfer,
  { configuration }: TracedUsbDevice,
): string | undefined {
  const isDfuSe = configuration?.interfaces.some(({ extra }) =>
    findFunctionalDescriptor(extra)?.bcdDFUVersion === DFUSE_VERSION
  );
  if (!isDfuSe || setup?.wValue !== 0 || sent.length === 0 || sent.length > AddressCommand.size) {
    return undefined;
  }
  const name = nameIn(DfuSeCommand, sent[0]);
  if (name === undefined) return undefined;
  const command = AddressCommand.tryDecode(sent);
  return command ? `DNLOAD ${name} ${hex(command.address)}` : `DNLOAD ${name}`;
}
