import { Command, commandName } from "../protocols/alif_isp/packets/command.ts";
import {
  type Frame,
  FRAME_OVERHEAD,
  FrameScanner,
  MAX_FRAME,
} from "../protocols/alif_isp/packets/frame.ts";
import {
  byteWords,
  type Described,
  hexWords,
  leftOutWords,
  nameIn,
  payloadWords,
} from "./described.ts";
import { describeDfu } from "./describe_dfu.ts";
import { describeHid } from "./describe_hid.ts";
import type { TracedBytes, TracedTransfer } from "./read_trace.ts";
import { hasDfu, type TracedUsbDevice } from "./traced_devices.ts";

/** Says in the terms of its protocol what a transfer does. */
export function describeTransfer(transfer: TracedTransfer, device: TracedUsbDevice): Described {
  const { setup } = transfer;
  if (setup && (setup.bmRequestType & 0x60) === 0) return standardRequest(transfer);
  const dfu = setup && hasDfu(device, setup.wIndex & 0xff)
    ? describeDfu(transfer, device)
    : undefined;
  return dfu ?? describeHid(transfer, device) ?? otherRequest(transfer);
}

const StandardRequest = {
  GET_STATUS: 0,
  CLEAR_FEATURE: 1,
  SET_FEATURE: 3,
  SET_ADDRESS: 5,
  GET_DESCRIPTOR: 6,
  GET_CONFIGURATION: 8,
  SET_CONFIGURATION: 9,
  GET_INTERFACE: 10,
  SET_INTERFACE: 11,
} as const;
const DescriptorType = { device: 1, configuration: 2, string: 3 } as const;

function standardRequest(transfer: TracedTransfer): Described {
  const { setup, received } = transfer;
  const { bRequest, wValue, wIndex } = setup!;
  const name = nameIn(StandardRequest, bRequest) ?? `request ${bRequest}`;
  switch (bRequest) {
    case StandardRequest.GET_DESCRIPTOR: {
      const type = nameIn(DescriptorType, wValue >> 8) ?? `type ${wValue >> 8}`;
      const answer = type === "string" && received.length > 2 && wValue !== 0x0300
        ? `"${new TextDecoder("utf-16le").decode(received.subarray(2))}"`
        : byteWords(received.length);
      return { request: `${name} ${type} ${wValue & 0xff}`, answer };
    }
    case StandardRequest.SET_INTERFACE:
      return { request: `${name} ${wIndex}, alternate setting ${wValue}` };
    default:
      return { request: `${name} ${wValue}` };
  }
}

function otherRequest(transfer: TracedTransfer): Described {
  const { setup, received, sent } = transfer;
  const { bmRequestType, bRequest, wValue, wIndex } = setup!;
  const numbers = [bmRequestType, bRequest].map((one) => one.toString(16).padStart(2, "0"));
  const request = `control ${numbers.join(" ")} wValue ${wValue} wIndex ${wIndex}`;
  const isIn = (bmRequestType & 0x80) !== 0;
  const bytes = isIn ? received : sent;
  const words = bytes.length > 0 ? hexWords(bytes) : payloadWords(transfer, bytes.length);
  return isIn ? { request, answer: words } : { request: `${request}: ${words}` };
}

const anyFrame: ReadonlyMap<number, number> = new Map(
  Array.from({ length: 256 }, (_, command) => [command, MAX_FRAME]),
);

/** Says what bytes on a serial line are: frames of the Secure Enclave's protocol, or just bytes. */
export function describeBytes(
  { bytes, direction, leftOut }: TracedBytes,
): { readonly words: string; readonly isError: boolean } {
  if (leftOut) return { words: leftOutWords(leftOut), isError: false };
  const scanner = direction === "sent" ? new FrameScanner(anyFrame) : new FrameScanner();
  scanner.push(bytes);
  const frames: Frame[] = [];
  for (let frame = scanner.next(); frame; frame = scanner.next()) frames.push(frame);
  const length = frames.reduce((sum, { payload }) => sum + payload.length + FRAME_OVERHEAD, 0);
  if (length !== bytes.length) {
    return { words: `${byteWords(bytes.length)}: ${hexWords(bytes)}`, isError: false };
  }
  return {
    words: frames.map(({ command, payload }) =>
      commandName(command) + (payload.length > 0 ? ` ${hexWords(payload, 8)}` : "")
    ).join("; "),
    isError: frames.some(({ command }) => command === Command.NAK),
  };
}
