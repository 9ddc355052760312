import type { Clock } from "../../common/clock.ts";
import { Attachment, type Carry } from "./attachment.ts";
import { Stall, type UsbDeviceModel, type UsbSocket } from "./model.ts";
import { dataToDevice, type Transfer } from "./transfer.ts";
import { type SocketStatistics, Wire } from "./wire.ts";

/**
 * Sees every transfer on its way to the model and may change, answer or hold it. `next` forwards a
 * transfer to the model.
 */
export interface Interposer {
  transfer(
    attachment: Attachment,
    transfer: Transfer,
    signal: AbortSignal,
    next: (transfer: Transfer) => Promise<Uint8Array>,
  ): Promise<Uint8Array>;
}

export interface VirtualBusOptions {
  /** The clock on which transfers take their wire time; if undefined, they take none. */
  readonly wireClock?: Clock;
}

/** USB addresses are 1 to 127; 1 is the root hub. */
const FIRST_ADDRESS = 2, LAST_ADDRESS = 127;
const NOTHING = new Uint8Array();

/** A socket of the virtual bus, into which one simulated board plugs its models. */
export class VirtualSocket implements UsbSocket {
  readonly #wire: Wire;
  #attachment?: Attachment;
  #portPath: string;

  constructor(private readonly bus: VirtualBus, portPath: string, wireClock?: Clock) {
    this.#portPath = portPath;
    this.#wire = new Wire(wireClock);
  }

  /** The port path that the next attach uses. */
  get portPath(): string {
    return this.#portPath;
  }

  /** The current attachment. */
  get attachment(): Attachment | undefined {
    return this.#attachment;
  }

  get statistics(): SocketStatistics {
    return this.#wire.statistics;
  }

  attach(model: UsbDeviceModel): void {
    if (this.#attachment) throw new Error(`socket ${this.#portPath} is occupied`);
    const carry: Carry = (...all) => this.#carry(...all);
    this.#attachment = this.bus.arrive(this.#portPath, model, carry);
    this.bus.notify();
  }

  detach(): void {
    const attachment = this.#attachment;
    this.#attachment = undefined;
    if (attachment) this.bus.depart(attachment);
  }

  /**
   * Moves the cable to another port, from the next attach on; no other socket may use that port.
   */
  moveTo(portPath: string): void {
    this.bus.rename(this, portPath);
    this.#portPath = portPath;
  }

  async #carry(
    attachment: Attachment,
    transfer: Transfer,
    signal: AbortSignal,
    isQueued: boolean,
  ): Promise<Uint8Array> {
    const { model } = attachment;
    const out = dataToDevice(transfer);
    if (out) await this.#wire.carry(model, transfer, out.length, signal, isQueued);
    const delivered = this.bus.deliver(attachment, transfer, signal);
    if (out) {
      await delivered.finally(() => this.#wire.accepted());
      return NOTHING;
    }
    const bytes = await delivered;
    await this.#wire.carry(model, transfer, bytes.length, signal);
    return bytes;
  }
}

/** All sockets of a simulated computer. Hosts (memory.ts, usbip/) access it from the other side. */
export class VirtualBus {
  /** Ports with devices that the host cannot enumerate. */
  readonly silentPorts = new Set<string>();
  readonly #wireClock?: Clock;
  readonly #sockets = new Map<string, VirtualSocket>();
  readonly #attachments = new Set<Attachment>();
  readonly #listeners = new Set<() => void>();
  readonly #interposers: Interposer[] = [];
  #nextAddress = FIRST_ADDRESS;

  constructor(options: VirtualBusOptions = {}) {
    this.#wireClock = options.wireClock;
  }

  /**
   * Returns the socket at a port path of bus 1, such as `1-1` or `1-1.3`; the same object for every
   * call.
   */
  socket(portPath: string): VirtualSocket {
    let socket = this.#sockets.get(portPath);
    if (!socket) {
      checkPortPath(portPath);
      this.#sockets.set(portPath, socket = new VirtualSocket(this, portPath, this.#wireClock));
    }
    return socket;
  }

  /** The current attachments, in the order of arrival. */
  get attachments(): readonly Attachment[] {
    return [...this.#attachments];
  }

  /** Calls `listener` after every attach and detach, until the returned function is called. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Puts an interposer between hosts and models, after earlier ones; returns a function that
   * removes it.
   */
  interpose(interposer: Interposer): () => void {
    this.#interposers.push(interposer);
    return () => {
      const at = this.#interposers.indexOf(interposer);
      if (at >= 0) this.#interposers.splice(at, 1);
    };
  }

  /** Adds a model on a port with a new address; for VirtualSocket only. */
  arrive(portPath: string, model: UsbDeviceModel, carry: Carry): Attachment {
    const attachment = new Attachment(portPath, this.#freeAddress(), model, carry);
    this.#attachments.add(attachment);
    return attachment;
  }

  /** For VirtualSocket only. */
  depart(attachment: Attachment): void {
    this.#attachments.delete(attachment);
    attachment.leave();
    this.notify();
  }

  /** For VirtualSocket only. */
  notify(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  /** For VirtualSocket only. */
  rename(socket: VirtualSocket, portPath: string): void {
    checkPortPath(portPath);
    const there = this.#sockets.get(portPath);
    if (there && there !== socket) throw new Error(`port ${portPath} belongs to another socket`);
    this.#sockets.delete(socket.portPath);
    this.#sockets.set(portPath, socket);
  }

  /** Carries a transfer through the interposers to the model; for VirtualSocket only. */
  deliver(
    attachment: Attachment,
    transfer: Transfer,
    signal: AbortSignal,
    from = 0,
  ): Promise<Uint8Array> {
    const interposer = this.#interposers[from];
    if (!interposer) return askModel(attachment.model, transfer, signal);
    return interposer.transfer(
      attachment,
      transfer,
      signal,
      (changed) => this.deliver(attachment, changed, signal, from + 1),
    );
  }

  #freeAddress(): number {
    const used = new Set(this.attachments.map(({ address }) => address));
    let address = this.#nextAddress;
    while (used.has(address)) address = following(address);
    this.#nextAddress = following(address);
    return address;
  }
}

const following = (address: number) => address < LAST_ADDRESS ? address + 1 : FIRST_ADDRESS;

function checkPortPath(portPath: string): void {
  if (!/^1-\d+(\.\d+)*$/.test(portPath)) throw new Error(`${portPath} is no port path of bus 1`);
}

async function askModel(
  model: UsbDeviceModel,
  transfer: Transfer,
  signal: AbortSignal,
): Promise<Uint8Array> {
  if (transfer.kind === "control") {
    return await model.control(transfer.setup, transfer.data, signal) ?? NOTHING;
  }
  if (transfer.kind === "in") {
    if (!model.dataIn) throw new Stall("the model has no IN endpoints");
    return await model.dataIn(transfer.endpoint, transfer.length, signal);
  }
  if (!model.dataOut) throw new Stall("the model has no OUT endpoints");
  await model.dataOut(transfer.endpoint, transfer.data, signal);
  return NOTHING;
}
