import { concat } from "../../../core/common/bytes.ts";
import { isKind } from "../../../core/common/errors.ts";
import type { Attachment } from "../../../core/transport/usb/attachment.ts";
import { Stall } from "../../../core/transport/usb/model.ts";
import type { SetupPacket } from "../../../core/transport/usb/setup_packet.ts";
import type { Transfer } from "../../../core/transport/usb/transfer.ts";
import type { ByteReader } from "./byte_reader.ts";
import {
  Errno,
  SubmitCommand,
  SubmitResult,
  UnlinkCommand,
  UnlinkResult,
  URB_HEADER_LENGTH,
  URB_SHORT_NOT_OK,
} from "./packets.ts";

const NOTHING = new Uint8Array();
const NOT_ISOCHRONOUS = [0, 0xffffffff];
/** More than any transfer of this project: a larger length means that the client is broken. */
const MAX_LENGTH = 1 << 20;

/** The session of an imported device: URBs in, results out, until either side ends it. */
export class UrbSession {
  /** URBs without a result yet, by seqnum. */
  readonly #pending = new Map<number, AbortController>();
  /** The last URB of each endpoint: URBs of one endpoint run one after another. */
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
      const unlink = header && UnlinkCommand.tryDecode(header);
      if (unlink) {
        await this.#unlink(unlink.seqnum, unlink.target);
        continue;
      }
      const command = header && SubmitCommand.tryDecode(header);
      if (!command) break;
      const { transferBufferLength: length, numberOfPackets } = command;
      if (length > MAX_LENGTH || !NOT_ISOCHRONOUS.includes(numberOfPackets)) break;
      const data = isIn(command) || length === 0 ? NOTHING : await reader.read(length);
      if (!data) break;
      this.#enqueue(command, data);
    }
    for (const controller of this.#pending.values()) controller.abort(new Error("client left"));
    this.#pending.clear();
  }

  /** Resolves when every URB has its result. */
  async settled(): Promise<void> {
    await Promise.all(this.#queues.values());
  }

  async #unlink(seqnum: number, target: number): Promise<void> {
    const controller = this.#pending.get(target);
    this.#pending.delete(target);
    controller?.abort(new Error("URB unlinked"));
    const status = controller ? Errno.ECONNRESET : 0;
    await this.send(UnlinkResult.encode({ seqnum, status }));
  }

  #enqueue(command: SubmitCommand, data: Uint8Array): void {
    const controller = new AbortController();
    this.#pending.set(command.seqnum, controller);
    const queue = `${command.ep} ${command.ep !== 0 && isIn(command)}`;
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
    const { seqnum, transferBufferLength: asked } = command;
    if (received.length > asked) {
      status = Errno.EOVERFLOW;
      received = received.subarray(0, asked);
    } else if (
      status === 0 && isIn(command) && received.length < asked &&
      command.transferFlags & URB_SHORT_NOT_OK
    ) status = Errno.EREMOTEIO;
    const actualLength = isIn(command) ? received.length : status === 0 ? data.length : 0;
    const result = SubmitResult.encode({ seqnum, status, actualLength });
    await this.send(isIn(command) ? concat([result, received]) : result);
  }

  #statusOf(error: unknown): number {
    if (error instanceof Stall) return Errno.EPIPE;
    if (isKind(error, "disconnected")) return Errno.ENODEV;
    this.onError(error);
    return Errno.EPROTO;
  }
}

function isIn({ direction }: SubmitCommand): boolean {
  return direction === 1;
}

function transferOf(command: SubmitCommand, data: Uint8Array): Transfer {
  const { ep, setup, transferBufferLength: length } = command;
  if (ep === 0) return { kind: "control", setup, data };
  return isIn(command)
    ? { kind: "in", endpoint: ep | 0x80, length }
    : { kind: "out", endpoint: ep, data };
}

/** SET_FEATURE(PORT_RESET), which the kernel's own server treats as a reset of the device. */
function isPortReset({ ep, setup }: SubmitCommand): boolean {
  const { bmRequestType, bRequest, wValue }: SetupPacket = setup;
  return ep === 0 && bmRequestType === 0x23 && bRequest === 3 && wValue === 4;
}
