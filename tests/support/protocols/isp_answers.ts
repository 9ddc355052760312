import type { UnbrickError } from "../../../core/common/errors.ts";
import { VirtualClock } from "../../../core/common/virtual_clock.ts";
import { IspClient } from "../../../core/protocols/alif_isp/client/isp_client.ts";
import type { WriteRun } from "../../../core/protocols/alif_isp/client/write_image.ts";
import { Command } from "../../../core/protocols/alif_isp/packets/command.ts";
import { encodeFrame } from "../../../core/protocols/alif_isp/packets/frame.ts";
import type { SystemPackage } from "../../../core/protocols/alif_isp/packets/system_package.ts";
import { type Answer, AnsweringPort } from "./answering_port.ts";

/** A Secure Enclave that acknowledges everything, for tests that say what it answers instead. */

export const never = new AbortController().signal;
export const frame = (command: number, ...payload: number[]) =>
  encodeFrame(command, Uint8Array.from(payload));
export const ACK = frame(Command.ACK);
export const nak = (code: number) => frame(Command.NAK, code);
const IN_MAINTENANCE = frame(Command.DATA_RESPONSE, 2, ...Array(8).fill(0), 1, 0, 0, 0);

export interface Asked {
  readonly command: number;
  /** How often this command has come. */
  readonly count: number;
  readonly payload: Uint8Array;
}

/** What the enclave answers; without it, it acknowledges, and reads this memory. */
export type Enclave = (asked: Asked) => readonly Answer[] | undefined;

export async function play<T>(
  enclave: Enclave,
  work: (client: IspClient) => Promise<T>,
  memory: (offset: number) => number = () => 0,
) {
  const clock = new VirtualClock(), counts = new Map<number, number>(), asked: Asked[] = [];
  const port = new AnsweringPort(clock, (bytes) => {
    const command = bytes[1], count = (counts.get(command) ?? 0) + 1;
    counts.set(command, count);
    const one = { command, count, payload: bytes.slice(2, -1) };
    asked.push(one);
    const answer = enclave(one);
    if (answer) return answer;
    if (command === Command.ENQUIRY) return [IN_MAINTENANCE];
    if (command !== Command.MRAM_READ) return [ACK];
    const offset = new DataView(one.payload.buffer).getUint32(0, true);
    return [
      frame(Command.DATA_RESPONSE, ...Array.from({ length: 16 }, (_, at) => memory(offset + at))),
    ];
  });
  const client = new IspClient({ port, clock, signal: never });
  const end: { value?: T; error?: UnbrickError } = await clock.run(() =>
    work(client).then((value) => ({ value }), (error) => ({ error }))
  );
  return { ...end, asked, counts, sent: port.sent, ms: clock.elapsed };
}

export const slow: WriteRun = { signal: never, slow: true };
export const image = Uint8Array.from({ length: 512 }, (_, at) => at + (at >> 8));
export const file = (name: string, length: number, sign: number) => ({
  ...{ name, bytes: new Uint8Array(length).fill(1) },
  sign: { name: `${name}.sign`, bytes: new Uint8Array(sign).fill(2) },
});
export const system = {
  image: file("SP.bin", 480, 32),
  pointer: file("offset.bin", 16, 48),
} as unknown as SystemPackage;
