import type { Clock } from "../../../common/clock.ts";
import {
  encodePacket,
  Flag,
  Opcode,
  type Packet,
  PacketReader,
  Status,
} from "../packets/packet.ts";
import { V1_PAUSE_MS, V1Command, V1Opcode } from "../packets/v1.ts";
import { type FirmwareState, ScriptMachine } from "./script_machine.ts";
import { PAYLOAD } from "../packets/v2_channels.ts";
import { V2Channels } from "./v2_channels_model.ts";

/** The settings of the port that the host has made. */
export interface PortLine {
  readonly baudRate: number;
  readonly dtr: boolean;
}

export interface DebugModelOptions {
  readonly clock: Clock;
  /**
   * The firmware's protocol: V1 up to 4.8.1, V2 from 5.0.0. `silent`: a program that does not
   * answer.
   */
  readonly protocol: "V1" | "V2" | "silent";
  /** The firmware sends unsolicited events (V2), as a camera whose script prints. */
  readonly events?: boolean;
  /** What it knows of itself and sees; left out: it only resets. */
  readonly firmware?: FirmwareState;
  /** 1200 baud without DTR resets it into its bootloader, as on an Arduino. */
  readonly touch?: boolean;
  send(bytes: Uint8Array): void;
  /** Called at a reset. The port's device leaves the bus. */
  reset(into: "bootloader" | "firmware"): void;
}

/** Rates at which firmware uses the port as a debug port (openmv-boards.md 7.1). */
const rates = { V1: [921_600, 12_000_000], V2: [921_600], silent: [] } as const;
const TOUCH_BAUD_RATE = 1_200;
/** After an invalid command, V1 firmware needs this much silence and a reopened port (7.1). */
const V1_FORGETS_MS = 300;

/** The serial port of running firmware, with the part of its debug protocol that resets it. */
export class DebugPortModel {
  readonly #options: DebugModelOptions;
  readonly #reader = new PacketReader();
  #line: PortLine = { baudRate: 0, dtr: false };
  #openedAt = 0;
  #sequence = 0;
  /** When V1 received an invalid command. */
  #confusedAt: number | undefined;
  #waiting = new AbortController();
  readonly #machine: ScriptMachine | undefined;
  readonly #channels: V2Channels | undefined;
  /** Bytes of a V1 script that are still to come, and those that came. */
  #script: { readonly length: number; text: string } | undefined;

  constructor(options: DebugModelOptions) {
    this.#options = options;
    const { clock, firmware } = options;
    if (!firmware) return;
    this.#machine = new ScriptMachine(clock, firmware, () => this.#sequence = 0);
    this.#channels = new V2Channels(this.#machine, firmware.version);
  }

  /** The power is gone. */
  off(): void {
    this.#machine?.off();
  }

  /** Called when the host sets the rate or DTR. */
  set(line: PortLine): void {
    const before = this.#line;
    this.#line = line;
    const { clock, touch, reset } = this.#options;
    if (before.dtr && !line.dtr) this.#waiting.abort();
    if (!before.dtr && line.dtr) {
      this.#waiting = new AbortController();
      this.#openedAt = clock.now();
      const silence = clock.now() - (this.#confusedAt ?? -Infinity);
      if (silence >= V1_FORGETS_MS) this.#confusedAt = undefined;
    }
    if (touch && before.dtr && !line.dtr && line.baudRate === TOUCH_BAUD_RATE) reset("bootloader");
  }

  receive(bytes: Uint8Array): void {
    const { protocol } = this.#options;
    const isDebugPort = rates[protocol].some((rate) => rate === this.#line.baudRate);
    if (!this.#line.dtr || !isDebugPort) return; // to the REPL
    if (protocol === "V1") return this.#receiveV1(bytes);
    for (const packet of this.#reader.push(bytes)) this.#answer(packet);
  }

  /**
   * Handles V1: a reset command needs a pause before and after it, and is cancelled if the port
   * closes meanwhile.
   */
  #receiveV1(bytes: Uint8Array): void {
    const { clock, reset } = this.#options;
    if (this.#script) return this.#receiveScript(bytes);
    const command = V1Command.tryDecode(bytes);
    const data = bytes.subarray(V1Command.size);
    const isWhole = data.length === (command?.opcode === V1Opcode.FB_ENABLE ? 4 : 0);
    if (!command || !isWhole || this.#confusedAt !== undefined) {
      this.#confusedAt = clock.now();
      return;
    }
    if (clock.now() - this.#openedAt < V1_PAUSE_MS) return;
    if (this.#answerV1(command.opcode, command.length, data)) return;
    const into = command.opcode === V1Opcode.SYS_RESET_TO_BL
      ? "bootloader"
      : command.opcode === V1Opcode.SYS_RESET
      ? "firmware"
      : undefined;
    if (!into) return;
    clock.sleep(V1_PAUSE_MS, this.#waiting.signal).then(() => reset(into), () => {});
  }

  #receiveScript(bytes: Uint8Array): void {
    const script = this.#script!;
    script.text += new TextDecoder().decode(bytes);
    if (script.text.length < script.length) return;
    this.#script = undefined;
    this.#machine!.start(script.text);
  }

  /** @returns false if the command is none of a camera's that runs programs */
  #answerV1(opcode: number, length: number, data: Uint8Array): boolean {
    const machine = this.#machine, { send, firmware } = this.#options;
    if (!machine || !firmware) return false;
    const { preview } = machine;
    const answer = (...values: number[]) =>
      send(new Uint8Array(new Uint32Array(values).buffer).slice(0, length));
    switch (opcode) {
      case V1Opcode.FW_VERSION:
        answer(...firmware.version.split(".").map(Number));
        return true;
      case V1Opcode.SCRIPT_EXEC:
        this.#script = { length, text: "" };
        return true;
      case V1Opcode.SCRIPT_STOP:
        machine.stop();
        return true;
      case V1Opcode.SCRIPT_RUNNING:
        answer(machine.isRunning ? 1 : 0);
        return true;
      case V1Opcode.TX_BUF_LEN:
        answer(machine.waiting);
        return true;
      case V1Opcode.TX_BUF:
        send(machine.take(length));
        return true;
      case V1Opcode.FB_ENABLE:
        if (data[0] === 0) preview.disable();
        else preview.isEnabled = true;
        return true;
      case V1Opcode.FRAME_SIZE: {
        const picture = preview.lock();
        answer(...picture ? preview.sizeOf(picture) : [0, 0, 0]);
        return true;
      }
      case V1Opcode.FRAME_DUMP:
        this.#dump(length);
        return true;
      default:
        return false;
    }
  }

  /**
   * Sends so many bytes of the locked picture, and lets go of it. The last packet of a multiple of 64
   * stays with the host's driver, because no empty one follows (openmv-runtime.md 1.1).
   */
  #dump(length: number): void {
    const preview = this.#machine!.preview, picture = preview.locked;
    if (!picture) return;
    const dump = new Uint8Array(length);
    dump.set(picture.jpeg.subarray(0, length));
    preview.unlock();
    this.#options.send(length % 64 === 0 ? dump.subarray(0, length - 64) : dump);
  }

  #answer({ sequence, channel, opcode, payload }: Packet): void {
    const { send, reset, events } = this.#options;
    if (events) send(encodePacket({ channel: 1, flags: Flag.EVENT, opcode: 0, payload: EVENT }));
    if (opcode === Opcode.PROTO_SYNC && channel === 0 && payload.length === 0) {
      send(encodePacket({ sequence: this.#sequence, flags: Flag.ACK, opcode }));
      this.#sequence = 0;
      return;
    }
    if (sequence !== this.#sequence) return this.#refuse(opcode, Status.SEQUENCE);
    this.#sequence = (this.#sequence + 1) & 0xFF;
    if (channel === 0 && opcode === Opcode.SYS_BOOT) return reset("bootloader");
    if (channel === 0 && opcode === Opcode.SYS_RESET) return reset("firmware");
    const answer = this.#channels?.answer({ channel, opcode, payload }) ?? Status.INVALID;
    if (typeof answer === "number") return this.#refuse(opcode, answer, sequence);
    // The answer carries the number of the request; what it starts may begin the protocol anew.
    for (let at = 0, number = sequence; at === 0 || at < answer.length; at += PAYLOAD) {
      const payload = answer.subarray(at, at + PAYLOAD);
      const isLast = at + PAYLOAD >= answer.length;
      const flags = answer.length === 0 ? Flag.ACK : isLast ? 0 : Flag.FRAGMENT;
      send(encodePacket({ sequence: number, channel, flags, opcode, payload }));
      number = number + 1 & 0xFF;
      if (!isLast) this.#sequence = this.#sequence + 1 & 0xFF;
    }
  }

  #refuse(opcode: number, status: number, sequence = this.#sequence): void {
    const payload = Uint8Array.of(status, 0);
    const flags = Flag.NAK;
    this.#options.send(encodePacket({ sequence, flags, opcode, payload }));
  }
}

const EVENT = Uint8Array.of(1, 2, 3, 4);
