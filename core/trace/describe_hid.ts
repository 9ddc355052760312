import { hex } from "../common/format.ts";
import {
  CommandTag,
  decodePacket,
  type Packet,
  ResponseTag,
} from "../protocols/mboot/packets/command.ts";
import {
  decodeReport,
  LOADER_PRODUCT_ID,
  LOADER_VENDOR_ID,
  Report as LoaderReport,
} from "../protocols/mboot/packets/report.ts";
import { statusName } from "../protocols/mboot/packets/status.ts";
import { CommandCode, SdpCommand } from "../protocols/sdp/packets/command.ts";
import { Report, ROM_PRODUCT_ID, ROM_VENDOR_ID } from "../protocols/sdp/packets/report.ts";
import { habModeOf, Word } from "../protocols/sdp/packets/words.ts";
import { byteWords, type Described, hexWords, nameIn, payloadWords } from "./described.ts";
import type { TracedTransfer } from "./read_trace.ts";
import { isDevice, type TracedUsbDevice } from "./traced_devices.ts";

const SET_REPORT = 9;

/** HID reports: those of the i.MX ROM and of its loaders in their own terms. */
export function describeHid(
  transfer: TracedTransfer,
  device: TracedUsbDevice,
): Described | undefined {
  const { setup, endpoint } = transfer;
  const isReport = setup?.bmRequestType === 0x21 && setup.bRequest === SET_REPORT;
  if (setup && !isReport) return undefined;
  const isIn = !setup && (endpoint & 0x80) !== 0;
  const bytes = isIn ? transfer.received : transfer.sent;
  const words = isDevice(device, ROM_VENDOR_ID, ROM_PRODUCT_ID)
    ? sdpReport(bytes)
    : isDevice(device, LOADER_VENDOR_ID, LOADER_PRODUCT_ID)
    ? loaderReport(bytes)
    : undefined;
  const isShown = bytes.length > 0 && !transfer.leftOut;
  const raw = isShown ? hexWords(bytes) : payloadWords(transfer, bytes.length);
  if (isIn) {
    const answer = words?.text ?? raw;
    return {
      request: "report IN",
      ...(transfer.status === 0 && { answer, isError: words?.isError }),
    };
  }
  const name = setup ? `SET_REPORT ${setup.wValue & 0xff}` : "report OUT";
  return { request: `${name}: ${words?.text ?? raw}` };
}

interface ReportWords {
  readonly text: string;
  readonly isError?: boolean;
}

function sdpReport(bytes: Uint8Array): ReportWords | undefined {
  const payload = bytes.subarray(1);
  switch (bytes[0]) {
    case Report.COMMAND: {
      const command = SdpCommand.tryDecode(payload);
      if (!command) return undefined;
      const name = nameIn(CommandCode, command.code) ?? hex(command.code, 4);
      return { text: `${name} ${hex(command.address)}, ${byteWords(command.count)}` };
    }
    case Report.DATA:
      return { text: `data, ${byteWords(payload.length)}` };
    case Report.HAB_MODE: {
      const word = Word.tryDecode(payload)?.word ?? 0;
      return { text: `HAB mode ${habModeOf(word) ?? hex(word)}` };
    }
    case Report.STATUS:
      return { text: `status ${hex(Word.tryDecode(payload)?.word ?? 0)}` };
  }
}

function loaderReport(bytes: Uint8Array): ReportWords | undefined {
  const report = decodeReport(bytes);
  if (!report) return undefined;
  const { id, payload } = report;
  if (id === LoaderReport.DATA_IN || id === LoaderReport.DATA_OUT) {
    return { text: `data, ${byteWords(payload.length)}` };
  }
  const packet = decodePacket(payload);
  if (!packet) return undefined;
  return id === LoaderReport.COMMAND_OUT
    ? { text: commandOf(packet) }
    : { text: responseOf(packet), isError: (packet.parameters[0] ?? 0) !== 0 };
}

function commandOf({ tag, parameters }: Packet): string {
  const name = nameIn(CommandTag, tag) ?? `command ${hex(tag, 2)}`;
  return [name, ...parameters.map((value) => hex(value, 1))].join(" ");
}

function responseOf({ tag, parameters: [status = 0, ...more] }: Packet): string {
  const name = nameIn(ResponseTag, tag) ?? `response ${hex(tag, 2)}`;
  return [`${name}: ${status} (${statusName(status)})`, ...more.map((value) => hex(value, 1))]
    .join(" ");
}
