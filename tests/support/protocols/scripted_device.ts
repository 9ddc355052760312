import { type ErrorKind, UnbrickError } from "../../../core/common/errors.ts";
import type {
  ControlSetup,
  TransferOptions,
  UsbDevice,
  UsbDeviceInfo,
} from "../../../core/transport/usb/device.ts";

/**
 * An answer, as bytes in hexadecimal, or as the error of its transfer; `after`: not before the host
 * has sent so many transfers.
 */
export interface Reply {
  readonly hex?: string;
  readonly fails?: ErrorKind;
  readonly after?: number;
}

/**
 * A device without any logic: it keeps every packet that it is sent, byte by byte, and answers from a
 * list. So a client is held to the bytes of its specification, and cannot agree on a mistake with its
 * own model.
 */
export class ScriptedDevice implements UsbDevice {
  readonly info: UsbDeviceInfo;
  /** Every transfer to the device: its endpoint or SETUP packet, and its data. */
  readonly sent: string[] = [];
  /** The deadline of every transfer in either direction, in milliseconds. */
  readonly deadlines: number[] = [];
  /** Set to true: it may be sent several requests before it has answered the first. */
  keepsOrder = false;
  readonly #replies: Reply[];
  #wake: () => void = () => {};

  /** @param refused the transfers to the device that fail, counted from 1, and how */
  constructor(
    info: Partial<UsbDeviceInfo>,
    replies: readonly (string | Reply)[],
    private readonly refused: Readonly<Record<number, ErrorKind>> = {},
  ) {
    this.info = { configurations: [], ...info } as unknown as UsbDeviceInfo;
    this.#replies = replies.map((one) => typeof one === "string" ? { hex: one } : one);
  }

  /** Answers that nobody has asked for. */
  get left(): number {
    return this.#replies.length;
  }

  async controlIn(setup: ControlSetup, length: number, options: TransferOptions) {
    this.#keep(`${setupText(setup)} IN ${length}`);
    return await this.#next(options);
  }

  async controlOut(setup: ControlSetup, data: Uint8Array, { timeoutMs }: TransferOptions) {
    this.deadlines.push(timeoutMs);
    this.#keep(`${setupText(setup)} ${bytesText(data)}`.trim());
  }

  async interruptIn(_endpoint: number, _length: number, options: TransferOptions) {
    return await this.#next(options);
  }

  async interruptOut(endpoint: number, data: Uint8Array, { timeoutMs }: TransferOptions) {
    this.deadlines.push(timeoutMs);
    this.#keep(`${endpoint.toString(16).padStart(2, "0")}: ${bytesText(data)}`);
  }

  setAlternate = async (interfaceNumber: number, alternate: number) =>
    this.#keep(`SET_INTERFACE ${interfaceNumber} ${alternate}`);
  claim = () => Promise.resolve();
  release = () => Promise.resolve();
  reset = () => Promise.resolve();
  close = () => Promise.resolve();

  #keep(what: string): void {
    this.sent.push(what);
    this.#wake();
    const kind = this.refused[this.sent.length];
    if (kind) throw new UnbrickError(kind, "Refused by the script.");
  }

  /** The next answer, as soon as its time has come. @throws UnbrickError of the script, or `cancelled` */
  async #next({ signal, timeoutMs }: TransferOptions): Promise<Uint8Array> {
    this.deadlines.push(timeoutMs);
    const reply = this.#replies.shift();
    if (!reply) throw new UnbrickError("timeout", "Nothing more is in the script.");
    while (this.sent.length < (reply.after ?? 0)) {
      if (signal.aborted) {
        this.#replies.unshift(reply);
        throw new UnbrickError("cancelled", "Stopped.");
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        signal.addEventListener("abort", () => resolve(), { once: true });
      });
    }
    if (reply.fails) throw new UnbrickError(reply.fails, "Failed by the script.");
    return Uint8Array.fromHex((reply.hex ?? "").replaceAll(" ", ""));
  }
}

function setupText({ bmRequestType, bRequest, wValue, wIndex }: ControlSetup): string {
  const byte = (value: number) => value.toString(16).padStart(2, "0");
  const word = (value: number) => `${byte(value & 0xFF)} ${byte(value >> 8)}`;
  return `${byte(bmRequestType)} ${byte(bRequest)} ${word(wValue)} ${word(wIndex)}`;
}

function bytesText(bytes: Uint8Array): string {
  return bytes.toHex().replaceAll(/(..)(?!$)/g, "$1 ");
}
