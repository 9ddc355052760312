import { isKind } from "../../../core/common/errors.ts";
import type { Attachment } from "../../../core/transport/usb/attachment.ts";
import { type SetupPacket, Stall } from "../../../core/transport/usb/model.ts";
import type { Transfer } from "../../../core/transport/usb/transfer.ts";
import type { ByteReader } from "./byte_reader.ts";
import {
  Command,
  decodeCommand,
  encodeRetSubmit,
  encodeRetUnlink,
  Errno,
  type SubmitCommand,
  URB_HEADER_LENGTH,
  URB_SHORT_NOT_OK,
} from "./packets.ts";

const NOTHING = new Uint8Array();
const NOT_ISOCHRONOUS = [0, 0xffffffff];
/** More than any transfer of this project; a larger length is taken for a broken client. */
const MAX_LENGTH = 1 << 20;

/** The life of an imported device: URBs in, results out, until either side ends it. */
export class UrbSession {
  /** URBs that were not answered yet, by seqnum. */
  readonly #pending = new Map<number, AbortController>();
  /** URBs of one endpoint run one after another; the last of each. */
  readonly #queues = new Map<string, Promise<void>>();

  constructor(
    private readonly attachment: Attachment,
    private readonly send: (packet: Uint8Array) => Promise<void>,
    private readonly onError: (error: unknown) => void,
  ) {}

  /** Runs until the client ends the connection or breaks the protocol. */
  async run(reader: ByteReader): Promise<void> {
    for (;;) {
      const header = await reader.read(URB_HEADER_LENGTH);
      const command = header && decodeCommand(header);
      if (!command) break;
      if (command.command === Command.CMD_UNLINK) {
        await this.#unlink(command.seqnum, command.target);
        continue;
      }
      const { transferBufferLength: length, numberOfPackets, isIn } = command;
      if (length > MAX_LENGTH || !NOT_ISOCHRONOUS.includes(numberOfPackets)) break;
      const data = isIn || length === 0 ? NOTHING : await reader.read(length);
      if (!data) break;
      this.#enqueue(command, data);
    }
    for (const controller of this.#pending.values()) controller.abort(new Error("client left"));
    this.#pending.clear();
  }

  /** Resolves when every URB was answered. */
  async settled(): Promise<void> {
    await Promise.all(this.#queues.values());
  }

  async #unlink(seqnum: number, target: number): Promise<void> {
    const controller = this.#pending.get(target);
    this.#pending.delete(target);
    controller?.abort(new Error("URB unlinked"));
    await this.send(encodeRetUnlink(seqnum, controller ? Errno.ECONNRESET : 0));
  }

  #enqueue(command: SubmitCommand, data: Uint8Array): void {
    const controller = new AbortController();
    this.#pending.set(command.seqnum, controller);
    const queue = `${command.ep} ${command.ep !== 0 && command.isIn}`;
    const before = this.#queues.get(queue) ?? Promise.resolve();
    const after = before.then(() => this.#execute(command, data, controller))
      .catch(this.onError);
    this.#queues.set(queue, after);
  }

  async #execute(
    command: SubmitCommand,
    data: Uint8Array,
    controller: AbortController,
  ): Promise<void> {
    if (controller.signal.aborted) return;
    let status = 0;
    let received: Uint8Array = NOTHING;
    try {
      if (isPortReset(command)) this.attachment.reset();
      else received = await this.attachment.submit(transferOf(command, data), controller);
    } catch (error) {
      if (!this.#pending.has(command.seqnum)) return;
      status = this.#statusOf(error);
    }
    if (!this.#pending.delete(command.seqnum)) return;
    const { isIn, transferBufferLength: asked } = command;
    if (received.length > asked) {
      status = Errno.EOVERFLOW;
      received = received.subarray(0, asked);
    } else if (
      status === 0 && isIn && received.length < asked && command.transferFlags & URB_SHORT_NOT_OK
    ) status = Errno.EREMOTEIO;
    const moved = isIn ? received.length : status === 0 ? data.length : 0;
    await this.send(encodeRetSubmit(command.seqnum, status, moved, isIn ? received : NOTHING));
  }

  #statusOf(error: unknown): number {
    if (error instanceof Stall) return Errno.EPIPE;
    if (isKind(error, "disconnected")) return Errno.ENODEV;
    this.onError(error);
    return Errno.EPROTO;
  }
}

function transferOf(command: SubmitCommand, data: Uint8Array): Transfer {
  const { ep, isIn, setup, transferBufferLength: length } = command;
  if (ep === 0) return { kind: "control", setup, data };
  return isIn ? { kind: "in", endpoint: ep | 0x80, length } : { kind: "out", endpoint: ep, data };
}

/** SET_FEATURE(PORT_RESET), which the kernel's own server takes as a reset of the device. */
function isPortReset({ ep, setup }: SubmitCommand): boolean {
  const { bmRequestType, bRequest, wValue }: SetupPacket = setup;
  return ep === 0 && bmRequestType === 0x23 && bRequest === 3 && wValue === 4;
}
