import { concat } from "../../../common/bytes.ts";
import type { Clock } from "../../../common/clock.ts";
import { isKind, UnbrickError } from "../../../common/errors.ts";
import { u16, u32 } from "../../../common/struct.ts";
import { text } from "../../../common/text.ts";
import type { SerialPort } from "../../../transport/serial/port.ts";
import { encodePacket, Flag, Opcode, PacketReader, Status } from "../packets/packet.ts";
import { FrameHead, jpegIn, MAX_OFFSET } from "../packets/frame.ts";
import {
  capabilities,
  Channel,
  PAYLOAD,
  Polled,
  Stdin,
  Stream,
  WRITE_PIECE,
} from "../packets/v2_channels.ts";
import {
  ANSWER_MS,
  askUntil,
  type DebugSession,
  notStarted,
  STARTS,
  WRITE_MS,
} from "./debug_session.ts";

/** The host's side of protocol V2 (openmv-runtime.md 1.3, 1.4): one request, one answer. */
export class V2Session implements DebugSession {
  readonly protocol = "V2";
  #reader = new PacketReader();
  #sequence = 0;

  private constructor(
    private readonly port: SerialPort,
    private readonly clock: Clock,
    private readonly signal: AbortSignal,
  ) {}

  /** Returns a session, or undefined if the camera does not answer in this protocol. */
  static async open(
    port: SerialPort,
    clock: Clock,
    signal: AbortSignal,
  ): Promise<V2Session | undefined> {
    const session = new V2Session(port, clock, signal);
    try {
      await session.#synchronise();
      return session;
    } catch (error) {
      if (isKind(error, "timeout", "protocol")) return undefined;
      throw error;
    }
  }

  async version(): Promise<string> {
    const answer = await this.#request(Channel.SYSTEM, Opcode.PROTO_VERSION);
    return [...answer.subarray(6, 9)].join(".");
  }

  async start(script: string): Promise<void> {
    const bytes = new TextEncoder().encode(script);
    await this.#stdin(Stdin.STOP);
    await this.#until(false);
    for (let attempt = 0; attempt < STARTS; attempt++) {
      await this.#stdin(Stdin.RESET);
      for (let at = 0; at < bytes.length; at += WRITE_PIECE) {
        const piece = bytes.subarray(at, at + WRITE_PIECE);
        const payload = concat([number(at), number(piece.length), piece]);
        await this.#request(Channel.STDIN, Opcode.CHANNEL_WRITE, payload);
      }
      await this.#stdin(Stdin.EXEC);
      if (await this.#until(true)) return;
    }
    throw notStarted();
  }

  /** When a script ends the camera begins its protocol anew; the text stays (1.4). */
  async output(): Promise<string> {
    try {
      if ((await this.#poll() & Polled.TEXT) === 0) return "";
      const size = await this.#request(Channel.STDOUT, Opcode.CHANNEL_SIZE);
      const wanted = concat([number(0), size.subarray(0, 4)]);
      const bytes = await this.#request(Channel.STDOUT, Opcode.CHANNEL_READ, wanted);
      return new TextDecoder().decode(bytes);
    } catch (error) {
      if (!isKind(error, "timeout", "protocol")) throw error;
      await this.#synchronise();
      return "";
    }
  }

  async preview(): Promise<void> {
    const payload = concat([number(Stream.CTRL), number(1)]);
    await this.#request(Channel.STREAM, Opcode.CHANNEL_IOCTL, payload);
  }

  async frame(bytes: number): Promise<Uint8Array | undefined> {
    try {
      if ((await this.#poll() & Polled.FRAME) === 0) return undefined;
      await this.#request(Channel.STREAM, Opcode.CHANNEL_LOCK);
      const frame = await this.#lockedFrame(bytes);
      await this.#request(Channel.STREAM, Opcode.CHANNEL_UNLOCK);
      return frame && jpegIn(frame, bytes);
    } catch (error) {
      if (!isKind(error, "timeout", "protocol")) throw error;
      if (error.data.status === Status.BUSY) return undefined;
      await this.#synchronise();
      // It may still be locked; if it is not, the camera may refuse.
      await this.#request(Channel.STREAM, Opcode.CHANNEL_UNLOCK).catch(throwUnlessRefused);
    }
  }

  /** Reads the frame in pieces, unless it is too short or too long for such a picture. */
  async #lockedFrame(bytes: number): Promise<Uint8Array | undefined> {
    const size = u32.read(await this.#request(Channel.STREAM, Opcode.CHANNEL_SIZE), 0);
    if (size < bytes + FrameHead.size || size > bytes + MAX_OFFSET) return undefined;
    const pieces: Uint8Array[] = [];
    for (let at = 0; at < size; at += PAYLOAD) {
      const wanted = concat([number(at), number(Math.min(PAYLOAD, size - at))]);
      pieces.push(await this.#request(Channel.STREAM, Opcode.CHANNEL_READ, wanted));
    }
    return concat(pieces);
  }

  async reset(): Promise<void> {
    await this.#send(Channel.SYSTEM, Opcode.SYS_RESET, new Uint8Array());
  }

  async #synchronise(): Promise<void> {
    this.#reader = new PacketReader();
    this.#sequence = 0;
    await this.#request(Channel.SYSTEM, Opcode.PROTO_SYNC);
    this.#sequence = 0;
    await this.#request(Channel.SYSTEM, Opcode.PROTO_SET_CAPS, capabilities);
  }

  async #stdin(request: number): Promise<void> {
    await this.#request(Channel.STDIN, Opcode.CHANNEL_IOCTL, number(request));
  }

  async #poll(): Promise<number> {
    return u32.read(await this.#request(Channel.SYSTEM, Opcode.CHANNEL_POLL), 0);
  }

  async #isRunning(): Promise<boolean> {
    return (await this.#poll() & Polled.RUNNING) !== 0;
  }

  /** @returns whether the script runs, or does not run, within a second */
  #until(running: boolean): Promise<boolean> {
    return askUntil(async () => await this.#isRunning() === running, this.clock, this.signal);
  }

  async #send(channel: number, opcode: number, payload: Uint8Array): Promise<void> {
    const packet = encodePacket({ sequence: this.#sequence, channel, opcode, payload });
    await this.port.write(packet, { timeoutMs: WRITE_MS, signal: this.signal });
  }

  /** @throws UnbrickError `timeout`; `protocol` for a NAK or an answer that is too short */
  async #request(
    channel: number,
    opcode: number,
    payload: Uint8Array = new Uint8Array(),
  ): Promise<Uint8Array> {
    await this.#send(channel, opcode, payload);
    const pieces: Uint8Array[] = [];
    let received = 0;
    for (const end = this.clock.now() + ANSWER_MS; this.clock.now() < end;) {
      const timeoutMs = end - this.clock.now();
      const bytes = await this.port.read(4096, { timeoutMs, signal: this.signal });
      for (const packet of this.#reader.push(bytes)) {
        if ((packet.flags & Flag.EVENT) !== 0 || packet.opcode !== opcode) continue;
        this.#sequence = packet.sequence + 1 & 0xFF;
        if ((packet.flags & Flag.NAK) !== 0) throw refused(packet.payload);
        pieces.push(packet.payload);
        received += packet.payload.length;
        if (received > LONGEST) throw refused(new Uint8Array());
        if ((packet.flags & Flag.FRAGMENT) !== 0) continue;
        const answer = concat(pieces);
        if (answer.length < (lengths[opcode] ?? 0)) throw refused(new Uint8Array());
        return answer;
      }
    }
    throw new UnbrickError("timeout", text`The camera does not answer on its serial port.`);
  }
}

/** Bytes of an answer at the most: all fragments of the largest text (openmv-runtime.md 1.3). */
const LONGEST = 8192;
/** Bytes of an answer at the least. */
const lengths: Readonly<Record<number, number>> = {
  [Opcode.PROTO_VERSION]: 9,
  [Opcode.CHANNEL_POLL]: 4,
  [Opcode.CHANNEL_SIZE]: 4,
};

function refused(payload: Uint8Array): UnbrickError {
  const status = payload.length >= 2 ? u16.read(payload, 0) : 0;
  return new UnbrickError("protocol", text`The camera refused a request (status ${status}).`, {
    status,
  });
}

function throwUnlessRefused(error: unknown): void {
  if (!isKind(error, "protocol")) throw error;
}

function number(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  u32.write(bytes, 0, value, "number");
  return bytes;
}
