import type { Clock } from "../../common/clock.ts";
import { UnbrickError } from "../../common/errors.ts";
import type { Attachment } from "./attachment.ts";
import type { ControlSetup, TransferOptions, UsbDevice, UsbDeviceInfo } from "./device.ts";
import { type HostState, submit } from "./host_state.ts";
import type { Transfer } from "./transfer.ts";

/** Longest data stage of a control transfer on Linux and Windows (dfu-dfuse.md D6). */
const MAX_CONTROL_LENGTH = 4096;
const RECIPIENT_INTERFACE = 1, VENDOR = 0x40;

/**
 * An open device of a MemoryBus. It is stricter than libusb in one respect: a transfer to an
 * unclaimed interface is a bug of the caller, whereas Linux would silently claim it.
 */
export class MemoryDevice implements UsbDevice {
  readonly keepsOrder = true;
  readonly #running = new Set<AbortController>();
  #closed = false;

  constructor(
    private readonly attachment: Attachment,
    private readonly state: HostState,
    private readonly clock: Clock,
    private readonly onClose: (device: MemoryDevice) => void,
  ) {}

  get info(): UsbDeviceInfo {
    return this.state.info;
  }

  async claim(interfaceNumber: number): Promise<void> {
    this.#mustBeOpen();
    if (!this.state.has(interfaceNumber)) throw noInterface(interfaceNumber);
    const holder = this.state.claims.get(interfaceNumber);
    if (holder !== undefined && holder !== this) {
      throw new UnbrickError("busy", `Another program holds interface ${interfaceNumber}.`, {
        interface: interfaceNumber,
      });
    }
    this.state.claims.set(interfaceNumber, this);
  }

  async release(interfaceNumber: number): Promise<void> {
    if (this.state.claims.get(interfaceNumber) !== this) return;
    await this.state.release(this.clock, interfaceNumber);
  }

  async setAlternate(interfaceNumber: number, alternateSetting: number): Promise<void> {
    this.#mustBeOpen();
    this.#mustHold(interfaceNumber);
    if (!this.state.has(interfaceNumber, alternateSetting)) {
      throw noInterface(interfaceNumber, alternateSetting);
    }
    await this.state.setAlternate(this.clock, interfaceNumber, alternateSetting);
  }

  async controlIn(
    setup: ControlSetup,
    length: number,
    options: TransferOptions,
  ): Promise<Uint8Array> {
    this.#checkControl(setup, length);
    const packet = { ...setup, bmRequestType: setup.bmRequestType | 0x80, wLength: length };
    return await this.#read({ kind: "control", setup: packet, data: NOTHING }, length, options);
  }

  async controlOut(
    setup: ControlSetup,
    data: Uint8Array,
    options: TransferOptions,
  ): Promise<void> {
    this.#checkControl(setup, data.length);
    const packet = { ...setup, bmRequestType: setup.bmRequestType & 0x7f, wLength: data.length };
    const transfer = { kind: "control", setup: packet, data: data.slice() } as const;
    await this.#submit(transfer, options);
  }

  async interruptIn(
    endpoint: number,
    length: number,
    options: TransferOptions,
  ): Promise<Uint8Array> {
    this.#checkEndpoint(endpoint);
    return await this.#read({ kind: "in", endpoint, length }, length, options);
  }

  async interruptOut(endpoint: number, data: Uint8Array, options: TransferOptions): Promise<void> {
    this.#checkEndpoint(endpoint);
    const transfer = { kind: "out", endpoint, data: data.slice() } as const;
    await this.#submit(transfer, options);
  }

  async reset(): Promise<void> {
    this.#mustBeOpen();
    this.attachment.reset();
    await this.state.configure(this.clock);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    for (const controller of this.#running) controller.abort(stopped());
    const held = [...this.state.claims].filter(([, holder]) => holder === this);
    for (const [interfaceNumber] of held) await this.state.release(this.clock, interfaceNumber);
    this.onClose(this);
  }

  /** Closing ends it, as the system does when a process that has the device open ends. */
  #submit(transfer: Transfer, options: TransferOptions): Promise<Uint8Array> {
    return submit(this.attachment, this.clock, transfer, options, this.#running);
  }

  async #read(transfer: Transfer, length: number, options: TransferOptions): Promise<Uint8Array> {
    const bytes = await this.#submit(transfer, options);
    if (bytes.length > length) {
      throw new UnbrickError("protocol", "The device sent more data than it was asked for.", {
        asked: length,
        received: bytes.length,
      });
    }
    return bytes.slice();
  }

  #checkControl({ bmRequestType, wIndex }: ControlSetup, length: number): void {
    this.#mustBeOpen();
    if (length > MAX_CONTROL_LENGTH) throw new RangeError(`${length} bytes in a control transfer`);
    const toInterface = (bmRequestType & 0x1f) === RECIPIENT_INTERFACE;
    if (toInterface && (bmRequestType & 0x60) !== VENDOR) this.#mustHold(wIndex & 0xff);
  }

  #checkEndpoint(endpoint: number): void {
    this.#mustBeOpen();
    const interfaceNumber = this.state.interfaceOf(endpoint);
    if (interfaceNumber === undefined) {
      const name = `0x${endpoint.toString(16)}`;
      throw new UnbrickError("protocol", `The device has no endpoint ${name}.`, { endpoint });
    }
    this.#mustHold(interfaceNumber);
  }

  #mustHold(interfaceNumber: number): void {
    if (this.state.claims.get(interfaceNumber) === this) return;
    throw new Error(`interface ${interfaceNumber} is used without a claim`);
  }

  #mustBeOpen(): void {
    if (this.attachment.gone) throw this.attachment.disconnected();
    if (this.#closed) throw new Error("the device was closed");
  }
}

const NOTHING = new Uint8Array();

const stopped = () => new UnbrickError("cancelled", "The device was closed during a transfer.");

function noInterface(interfaceNumber: number, alternate?: number): UnbrickError {
  const setting = alternate === undefined ? "" : ` alternate setting ${alternate}`;
  return new UnbrickError("protocol", `The device has no interface ${interfaceNumber}${setting}.`, {
    interface: interfaceNumber,
    alternate: alternate ?? null,
  });
}
