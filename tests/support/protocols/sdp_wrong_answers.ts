import type { Transfer } from "../../../core/transport/usb/transfer.ts";
import { Word } from "../../../core/protocols/sdp/packets/words.ts";

/** Wrong words of the ROM in its reports 3 and 4, by name, for fault runs. */

const withWord = (report: number, word: number) => (transfer: Transfer, reply: Uint8Array) => {
  if (transfer.kind !== "in" || reply[0] !== report || reply.length > 65) return undefined;
  const bytes = reply.slice();
  if (bytes.length < 5) return undefined;
  Word.write(bytes, 1, { word });
  return bytes;
};

export const wrongWords = {
  "hab-closed": withWord(3, 0x1234_3412),
  "hab-failure": withWord(4, 0x000a_0533),
  "word-nonsense": withWord(4, 0xdead_beef),
} as const;
