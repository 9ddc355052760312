import { asUnbrickError, type UnbrickError } from "../common/errors.ts";
import type {
  ControlSetup,
  TransferOptions,
  UsbBus,
  UsbDevice,
  UsbDeviceInfo,
} from "../transport/usb/device.ts";
import { DeviceDescriptor } from "../transport/usb/descriptors.ts";
import { encodeConfiguration } from "../transport/usb/encode.ts";
import { BY_THE_SYSTEM, type EndOfTransfer, type Trace } from "./trace.ts";

/** A bus that behaves as the one given, and whose traffic goes into a trace. */
export class TracedBus implements UsbBus {
  #present = new Map<string, UsbDeviceInfo>();
  /** How often the bus was listed; tells a replay when a change was first seen. */
  #looks = 0;

  readonly silentPorts: UsbBus["silentPorts"];
  #silent = "";

  constructor(private readonly bus: UsbBus, private readonly trace: Trace) {
    if (bus.silentPorts) this.silentPorts = async () => this.#silentNow(await bus.silentPorts!());
  }

  async list(): Promise<readonly UsbDeviceInfo[]> {
    const infos = await noted(this.trace, { call: "list" }, "on-failure", () => this.bus.list());
    this.#looks++;
    const now = new Map(infos.map((info) => [placeOf(info), info]));
    for (const [place, info] of this.#present) {
      if (!now.has(place)) {
        const { bus, address, portPath } = info;
        const facts = { type: "left", look: this.#looks, bus, address, portPath };
        this.trace.note(facts, `port ${portPath}: left`);
      }
    }
    for (const [place, info] of now) if (!this.#present.has(place)) this.#arrived(info);
    this.#present = now;
    return infos;
  }

  #silentNow(ports: readonly string[]): readonly string[] {
    const now = ports.join(", ");
    if (now !== this.#silent) {
      this.trace.note(
        { type: "silent", look: this.#looks, ports },
        `silent ports: ${now || "none"}`,
      );
    }
    this.#silent = now;
    return ports;
  }

  changed(options: TransferOptions): Promise<boolean> {
    return this.bus.changed(options);
  }

  async open(info: UsbDeviceInfo): Promise<UsbDevice> {
    const call = callOn(info, "open");
    const device = await noted(this.trace, call, "on-failure", () => this.bus.open(info));
    // A replay must send as many reports together, and as long ones.
    const { keepsOrder, wholeReports } = device;
    const facts = { type: "call", ...call, keepsOrder, wholeReports };
    this.trace.note(facts, `port ${info.portPath}: open`);
    return new TracedDevice(device, this.trace);
  }

  close(): Promise<void> {
    return this.bus.close();
  }

  /** Notes a device, and its descriptors as if they were read now: they choose Wireshark's dissectors. */
  #arrived({ bus, address, portPath, speed, descriptor, configurations }: UsbDeviceInfo): void {
    const device = DeviceDescriptor.encode(descriptor);
    const encoded = configurations.map(encodeConfiguration);
    this.trace.note({
      type: "arrived",
      look: this.#looks,
      bus,
      address,
      portPath,
      speed,
      device: device.toHex(),
      configurations: encoded.map((one) => one.toHex()),
    }, `port ${portPath}: a device arrived`);
    const read = (wValue: number, bytes: Uint8Array) => {
      const setup = { bmRequestType: 0x80, bRequest: GET_DESCRIPTOR, wValue, wIndex: 0 };
      const head = { bus, address, endpoint: 0x80, setup, length: bytes.length };
      this.trace.transfer(head, undefined, BY_THE_SYSTEM)(bytes);
    };
    read(0x0100, device);
    encoded.forEach((bytes, index) => read(0x0200 | index, bytes));
    const [active] = configurations;
    if (!active) return;
    const wValue = active.bConfigurationValue;
    const setup = { bmRequestType: 0x00, bRequest: SET_CONFIGURATION, wValue, wIndex: 0 };
    this.trace.transfer({ bus, address, endpoint: 0, setup, length: 0 }, NOTHING, BY_THE_SYSTEM)(
      undefined,
    );
  }
}

const GET_DESCRIPTOR = 6, SET_CONFIGURATION = 9, SET_INTERFACE = 11;
const NOTHING = new Uint8Array();

const placeOf = ({ bus, address }: UsbDeviceInfo) => `${bus}.${address}`;

interface Call {
  readonly call: string;
  readonly [argument: string]: unknown;
}

function callOn({ bus, address, portPath }: UsbDeviceInfo, call: string): Call {
  return { call, bus, address, portPath };
}

/** Does something that is no transfer, and notes it with its error. */
async function noted<T>(
  trace: Trace,
  { portPath, ...call }: Call,
  when: "always" | "on-failure",
  work: () => Promise<T>,
): Promise<T> {
  const where = portPath === undefined ? "" : `port ${portPath}: `;
  try {
    const result = await work();
    if (when === "always") trace.note({ type: "call", ...call, portPath }, where + call.call);
    return result;
  } catch (thrown) {
    const { kind, message } = asUnbrickError(thrown);
    trace.note(
      { type: "call", ...call, portPath, error: { kind, message } },
      `${where}${call.call} failed: ${kind}: ${message}`,
    );
    throw thrown;
  }
}

class TracedDevice implements UsbDevice {
  /** Control transfers that have not ended, in their order. */
  readonly #controls: ((time?: number) => void)[] = [];

  constructor(private readonly device: UsbDevice, private readonly trace: Trace) {}

  get info(): UsbDeviceInfo {
    return this.device.info;
  }

  get wholeReports(): boolean | undefined {
    return this.device.wholeReports;
  }

  get keepsOrder(): boolean | undefined {
    return this.device.keepsOrder;
  }

  claim(interfaceNumber: number): Promise<void> {
    return this.#call("claim", { interfaceNumber }, () => this.device.claim(interfaceNumber));
  }

  release(interfaceNumber: number): Promise<void> {
    return this.device.release(interfaceNumber);
  }

  async setAlternate(interfaceNumber: number, alternateSetting: number): Promise<void> {
    await this.#call(
      "setAlternate",
      { interfaceNumber, alternateSetting },
      () => this.device.setAlternate(interfaceNumber, alternateSetting),
    );
    const setup = {
      bmRequestType: 0x01,
      bRequest: SET_INTERFACE,
      wValue: alternateSetting,
      wIndex: interfaceNumber,
    };
    this.#transfer(0, 0, setup, NOTHING, BY_THE_SYSTEM)(undefined);
  }

  controlIn(setup: ControlSetup, length: number, options: TransferOptions): Promise<Uint8Array> {
    const sent = { ...setup, bmRequestType: setup.bmRequestType | 0x80 };
    const begin = (time?: number) => this.#transfer(0x80, length, sent, undefined, undefined, time);
    return this.#control(begin, () => this.device.controlIn(setup, length, options));
  }

  controlOut(setup: ControlSetup, data: Uint8Array, options: TransferOptions): Promise<void> {
    const begin = (time?: number) => this.#transfer(0, data.length, setup, data, undefined, time);
    return this.#control(begin, () => this.device.controlOut(setup, data, options));
  }

  /**
   * Notes that a control transfer begins when those before it have ended, as on the wire: Wireshark
   * matches an answer to the last request before it.
   */
  #control<T extends Uint8Array | void>(
    begin: (time?: number) => EndOfTransfer,
    transfer: () => Promise<T>,
  ): Promise<T> {
    const queue = this.#controls;
    let end: EndOfTransfer | undefined;
    const turn = (time?: number) => void (end ??= begin(time));
    if (queue.push(turn) === 1) turn();
    return received((result, error) => {
      // Those before it have had their turn, even if the end of one is not known yet.
      for (const one of queue.slice(0, queue.indexOf(turn) + 1)) one();
      const time = end!(result, error);
      queue.splice(queue.indexOf(turn), 1);
      queue[0]?.(time);
    }, transfer());
  }

  interruptIn(endpoint: number, length: number, options: TransferOptions): Promise<Uint8Array> {
    const end = this.#transfer(endpoint, length);
    return received(end, this.device.interruptIn(endpoint, length, options));
  }

  interruptOut(endpoint: number, data: Uint8Array, options: TransferOptions): Promise<void> {
    const end = this.#transfer(endpoint, data.length, undefined, data);
    return received(end, this.device.interruptOut(endpoint, data, options));
  }

  reset(): Promise<void> {
    return this.#call("reset", {}, () => this.device.reset());
  }

  close(): Promise<void> {
    return this.device.close();
  }

  #call<T>(call: string, facts: Record<string, unknown>, work: () => Promise<T>): Promise<T> {
    return noted(this.trace, { ...callOn(this.info, call), ...facts }, "always", work);
  }

  #transfer(
    endpoint: number,
    length: number,
    setup?: ControlSetup,
    sent?: Uint8Array,
    comment?: string,
    time?: number,
  ): EndOfTransfer {
    const { bus, address } = this.info;
    return this.trace.transfer({ bus, address, endpoint, length, setup }, sent, comment, time);
  }
}

/** Ends a transfer in the trace as it ends on the wire. */
async function received<T extends Uint8Array | void>(
  end: (result: Uint8Array | undefined, error?: UnbrickError) => void,
  transfer: Promise<T>,
): Promise<T> {
  try {
    const result = await transfer;
    end(result instanceof Uint8Array ? result : undefined);
    return result;
  } catch (thrown) {
    end(undefined, asUnbrickError(thrown));
    throw thrown;
  }
}
