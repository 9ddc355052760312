import type { Transfer } from "../../../core/transport/usb/transfer.ts";
import { u32 } from "../../../core/common/struct.ts";

/** Wrong answers of a loader in its command reports, by name, for fault runs. */

/** Report id 3, a length other than 0, and the response packet from byte 4 on. */
const isResponse = (transfer: Transfer, reply: Uint8Array) =>
  transfer.kind === "in" && reply[0] === 3 && reply.length >= 16 && reply[2] > 0;

const withWord = (at: number, value: number) => (transfer: Transfer, reply: Uint8Array) => {
  if (!isResponse(transfer, reply)) return undefined;
  const bytes = reply.slice();
  u32.write(bytes, at, value, "response");
  return bytes;
};

export const wrongResponses = {
  /** kStatusMemoryWriteFailed or similar, although the loader had no problem. */
  "response-error": withWord(8, 20_106),
  "response-success": withWord(8, 0),
  "response-other-command": withWord(12, 0x55),
} as const;
