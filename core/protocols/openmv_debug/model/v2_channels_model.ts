import { u32 } from "../../../common/struct.ts";
import { Opcode, type Packet, Status } from "../packets/packet.ts";
import { Channel, Polled, Stdin, Stream } from "../packets/v2_channels.ts";
import type { ScriptMachine } from "./script_machine.ts";

/** The camera's side of the channels that run a program (openmv-runtime.md 1.3, 1.4). */
export class V2Channels {
  #script = "";

  constructor(private readonly machine: ScriptMachine, private readonly version: string) {}

  /** @returns the payload of the answer, or the status of a refusal */
  answer(
    { channel, opcode, payload }: Pick<Packet, "channel" | "opcode" | "payload">,
  ): Uint8Array | number {
    const { machine } = this;
    const { preview } = machine;
    const asked = `${channel}:${opcode}`;
    switch (asked) {
      case `${Channel.SYSTEM}:${Opcode.PROTO_SET_CAPS}`:
        return payload.length === 16 ? new Uint8Array() : Status.INVALID;
      case `${Channel.SYSTEM}:${Opcode.PROTO_VERSION}`:
        return this.#versions();
      case `${Channel.SYSTEM}:${Opcode.CHANNEL_POLL}`:
        return number(
          (machine.isRunning ? Polled.RUNNING : 0) | (machine.waiting > 0 ? Polled.TEXT : 0) |
            (preview.isReady ? Polled.FRAME : 0),
        );
      case `${Channel.STDIN}:${Opcode.CHANNEL_WRITE}`:
        return this.#write(payload);
      case `${Channel.STDIN}:${Opcode.CHANNEL_IOCTL}`:
        return payload.length === 4 ? this.#control(u32.read(payload, 0)) : Status.INVALID;
      case `${Channel.STDOUT}:${Opcode.CHANNEL_SIZE}`:
        return number(machine.waiting);
      case `${Channel.STDOUT}:${Opcode.CHANNEL_READ}`: {
        const length = payload.length === 8 ? u32.read(payload, 4) : Infinity;
        return length <= machine.waiting ? machine.take(length) : Status.FAILED;
      }
      case `${Channel.STREAM}:${Opcode.CHANNEL_IOCTL}`:
        return this.#controlStream(payload);
      case `${Channel.STREAM}:${Opcode.CHANNEL_LOCK}`:
        return preview.lockV2() ? new Uint8Array() : Status.BUSY;
      case `${Channel.STREAM}:${Opcode.CHANNEL_UNLOCK}`:
        preview.unlock();
        return new Uint8Array();
      case `${Channel.STREAM}:${Opcode.CHANNEL_SIZE}`:
        return number(preview.frameSize);
      case `${Channel.STREAM}:${Opcode.CHANNEL_READ}`: {
        if (payload.length !== 8) return Status.INVALID;
        const from = u32.read(payload, 0), { frame } = preview;
        const to = from + u32.read(payload, 4);
        return to <= frame.length ? frame.slice(from, to) : Status.FAILED;
      }
    }
    return Status.INVALID;
  }

  /** The preview begins anew whenever it is turned on or off. */
  #controlStream(payload: Uint8Array): Uint8Array | number {
    if (payload.length !== 8 || u32.read(payload, 0) !== Stream.CTRL) return Status.INVALID;
    const { preview } = this.machine;
    preview.clear();
    preview.isEnabled = u32.read(payload, 4) !== 0;
    return new Uint8Array();
  }

  /** Protocol, bootloader and firmware, 16 bytes. */
  #versions(): Uint8Array {
    const firmware = this.version.split(".").map(Number);
    const bytes = new Uint8Array(16);
    bytes.set([1, 0, 2, 1, 0, 3, ...firmware]);
    return bytes;
  }

  /** Offset 0 begins a script, any other one continues it. */
  #write(payload: Uint8Array): Uint8Array | number {
    if (payload.length < 8 || payload.length > 498) return Status.INVALID;
    const text = new TextDecoder().decode(payload.subarray(8));
    this.#script = u32.read(payload, 0) === 0 ? text : this.#script + text;
    return new Uint8Array();
  }

  #control(request: number): Uint8Array | number {
    if (request === Stdin.STOP) this.machine.stop();
    else if (request === Stdin.RESET) this.#script = "";
    else if (request !== Stdin.EXEC) return Status.INVALID;
    else if (this.#script === "") return Status.FAILED;
    else this.machine.start(this.#script);
    return new Uint8Array();
  }
}

function number(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  u32.write(bytes, 0, value, "number");
  return bytes;
}
