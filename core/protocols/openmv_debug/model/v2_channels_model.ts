import { u32 } from "../../../common/struct.ts";
import { Opcode, type Packet } from "../packets/packet.ts";
import { Channel, Polled, Stdin } from "../packets/v2_channels.ts";
import type { ScriptMachine } from "./script_machine.ts";

/** The camera's side of the channels that run a program (openmv-runtime.md 1.3, 1.4). */
export class V2Channels {
  #script = "";

  constructor(private readonly machine: ScriptMachine, private readonly version: string) {}

  /** @returns the payload of the answer; undefined if the request is refused */
  answer(
    { channel, opcode, payload }: Pick<Packet, "channel" | "opcode" | "payload">,
  ): Uint8Array | undefined {
    const { machine } = this;
    const asked = `${channel}:${opcode}`;
    switch (asked) {
      case `${Channel.SYSTEM}:${Opcode.PROTO_SET_CAPS}`:
        return payload.length === 16 ? new Uint8Array() : undefined;
      case `${Channel.SYSTEM}:${Opcode.PROTO_VERSION}`:
        return this.#versions();
      case `${Channel.SYSTEM}:${Opcode.CHANNEL_POLL}`:
        return number(
          (machine.isRunning ? Polled.RUNNING : 0) | (machine.waiting > 0 ? Polled.TEXT : 0),
        );
      case `${Channel.STDIN}:${Opcode.CHANNEL_WRITE}`:
        return this.#write(payload);
      case `${Channel.STDIN}:${Opcode.CHANNEL_IOCTL}`:
        return payload.length === 4 ? this.#control(u32.read(payload, 0)) : undefined;
      case `${Channel.STDOUT}:${Opcode.CHANNEL_SIZE}`:
        return number(machine.waiting);
      case `${Channel.STDOUT}:${Opcode.CHANNEL_READ}`: {
        const length = payload.length === 8 ? u32.read(payload, 4) : Infinity;
        return length <= machine.waiting ? machine.take(length) : undefined;
      }
    }
  }

  /** Protocol, bootloader and firmware, 16 bytes. */
  #versions(): Uint8Array {
    const firmware = this.version.split(".").map(Number);
    const bytes = new Uint8Array(16);
    bytes.set([1, 0, 2, 1, 0, 3, ...firmware]);
    return bytes;
  }

  /** Offset 0 begins a script, any other one continues it. */
  #write(payload: Uint8Array): Uint8Array | undefined {
    if (payload.length < 8 || payload.length > 498) return undefined;
    const text = new TextDecoder().decode(payload.subarray(8));
    this.#script = u32.read(payload, 0) === 0 ? text : this.#script + text;
    return new Uint8Array();
  }

  #control(request: number): Uint8Array | undefined {
    if (request === Stdin.STOP) this.machine.stop();
    else if (request === Stdin.RESET) this.#script = "";
    else if (request !== Stdin.EXEC || this.#script === "") return undefined;
    else this.machine.start(this.#script);
    return new Uint8Array();
  }
}

function number(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  u32.write(bytes, 0, value, "number");
  return bytes;
}
