import type { Clock } from "../../common/clock.ts";
import { isKind, UnbrickError } from "../../common/errors.ts";
import type { Attachment } from "../usb/attachment.ts";
import type { InterfaceDescriptor } from "../usb/descriptors.ts";
import type { TransferOptions } from "../usb/device.ts";
import { HostState, submit } from "../usb/host_state.ts";
import type { Transfer } from "../usb/transfer.ts";
import type { VirtualBus } from "../usb/virtual_bus.ts";
import {
  CDC_ACM,
  CDC_CONTROL,
  CDC_DATA,
  CDC_TO_DEVICE,
  CdcRequest,
  lineCoding,
} from "./cdc_function.ts";
import type { SerialBus, SerialPort, SerialPortInfo, SerialSettings } from "./port.ts";

/** Deadline of the requests that the driver itself sends (Linux: 5 s). */
const DRIVER_TIMEOUT_MS = 5_000;
const NEVER = new AbortController().signal;
const READ_SIZE = 512;
const DTR = 1, RTS = 2;
/** Direction bit of an endpoint address. */
const IN = 0x80;

/**
 * The serial ports of the CDC ACM devices on a virtual bus, as an operating system's driver offers
 * them. Several of these may share one bus.
 */
export class CdcSerialBus implements SerialBus {
  /** Open attachments on all of these buses. */
  static readonly #open = new WeakSet<Attachment>();

  /** @param clock measures the deadlines of transfers. */
  constructor(private readonly bus: VirtualBus, private readonly clock: Clock) {}

  async list(): Promise<readonly SerialPortInfo[]> {
    return (await this.#ports()).map(({ info }) => info);
  }

  async open(info: SerialPortInfo, settings: SerialSettings): Promise<SerialPort> {
    const found = (await this.#ports()).find((port) => port.info.path === info.path);
    const data = { path: info.path };
    if (!found) throw new UnbrickError("not-found", `There is no serial port ${info.path}.`, data);
    const { attachment } = found;
    if (CdcSerialBus.#open.has(attachment)) {
      throw new UnbrickError("busy", `Another program holds the port ${info.path}.`, data);
    }
    CdcSerialBus.#open.add(attachment);
    const port = new CdcPort(found, this.clock, () => CdcSerialBus.#open.delete(attachment));
    const { baudRate, dtr = true, rts = true } = settings;
    try {
      await port.setBaudRate(baudRate);
      await port.setSignals({ dtr, rts });
      return port;
    } catch (error) {
      await port.close();
      throw error;
    }
  }

  async #ports(): Promise<Found[]> {
    const found = await Promise.all(this.bus.attachments.map((one) => describe(one, this.clock)));
    return found.filter((one) => one !== undefined && !one.attachment.gone) as Found[];
  }
}

interface Found {
  readonly info: SerialPortInfo;
  readonly attachment: Attachment;
  readonly control: number;
  readonly endpointIn: number;
  readonly endpointOut: number;
}

async function describe(attachment: Attachment, clock: Clock): Promise<Found | undefined> {
  const { info } = await HostState.of(attachment, clock);
  const interfaces = info.configurations[0]?.interfaces ?? [];
  const control = interfaces.find(({ bInterfaceClass, bInterfaceSubClass }) =>
    bInterfaceClass === CDC_CONTROL && bInterfaceSubClass === CDC_ACM
  );
  const data = interfaces.find(({ bInterfaceClass }) => bInterfaceClass === CDC_DATA);
  if (!control || !data) return undefined;
  const { idVendor: vendorId, idProduct: productId } = info.descriptor;
  const { portPath } = attachment;
  return {
    info: { path: `serial${portPath}`, usb: { vendorId, productId, portPath } },
    attachment,
    control: control.bInterfaceNumber,
    endpointIn: endpointOf(data, IN),
    endpointOut: endpointOf(data, 0),
  };
}

function endpointOf({ endpoints }: InterfaceDescriptor, direction: number): number {
  return endpoints.find(({ bEndpointAddress }) => (bEndpointAddress & IN) === direction)
    ?.bEndpointAddress ?? direction;
}

const stopped = () => new UnbrickError("cancelled", "The port was closed during a transfer.");

class CdcPort implements SerialPort {
  #input = new Uint8Array();
  #state = 0;
  readonly #running = new Set<AbortController>();
  #closed = false;

  constructor(
    private readonly found: Found,
    private readonly clock: Clock,
    private readonly onClose: () => void,
  ) {}

  get info(): SerialPortInfo {
    return this.found.info;
  }

  async read(maxLength: number, options: TransferOptions): Promise<Uint8Array> {
    this.#mustBeOpen();
    const { endpointIn: endpoint } = this.found;
    const end = this.clock.now() + options.timeoutMs;
    while (this.#input.length === 0) {
      const timeoutMs = Math.max(0, end - this.clock.now());
      const transfer = { kind: "in", endpoint, length: READ_SIZE } as const;
      try {
        this.#input = (await this.#submit(transfer, { ...options, timeoutMs })).slice();
      } catch (error) {
        if (!isKind(error, "timeout")) throw error;
        throw new UnbrickError(
          "timeout",
          `Nothing came from ${this.info.path} in ${options.timeoutMs} ms.`,
          { path: this.info.path, milliseconds: options.timeoutMs },
        );
      }
    }
    const bytes = this.#input.slice(0, maxLength);
    this.#input = this.#input.slice(maxLength);
    return bytes;
  }

  async write(bytes: Uint8Array, options: TransferOptions): Promise<void> {
    this.#mustBeOpen();
    const { endpointOut: endpoint } = this.found;
    await this.#submit({ kind: "out", endpoint, data: bytes.slice() }, options);
  }

  async setBaudRate(baudRate: number): Promise<void> {
    await this.#request(CdcRequest.SET_LINE_CODING, 0, lineCoding(baudRate));
  }

  async setSignals({ dtr, rts }: { dtr?: boolean; rts?: boolean }): Promise<void> {
    const bit = (level: boolean | undefined, mask: number) =>
      level === undefined ? this.#state & mask : level ? mask : 0;
    this.#state = bit(dtr, DTR) | bit(rts, RTS);
    await this.#request(CdcRequest.SET_CONTROL_LINE_STATE, this.#state);
  }

  async discardInput(): Promise<void> {
    this.#mustBeOpen();
    this.#input = new Uint8Array();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    for (const controller of this.#running) controller.abort(stopped());
    // A device that disconnected or refuses is closed anyway.
    await this.setSignals({ dtr: false, rts: false }).catch(() => {});
    this.#closed = true;
    this.onClose();
  }

  async #request(bRequest: number, wValue: number, data = new Uint8Array()): Promise<void> {
    this.#mustBeOpen();
    const { control: wIndex } = this.found;
    const setup = { bmRequestType: CDC_TO_DEVICE, bRequest, wValue, wIndex, wLength: data.length };
    const options = { timeoutMs: DRIVER_TIMEOUT_MS, signal: NEVER };
    await this.#submit({ kind: "control", setup, data }, options);
  }

  /** A refused transfer becomes a `driver` error: serial ports know no STALL. */
  async #submit(transfer: Transfer, options: TransferOptions): Promise<Uint8Array> {
    try {
      return await submit(this.found.attachment, this.clock, transfer, options, this.#running);
    } catch (error) {
      if (!isKind(error, "stalled", "protocol")) throw error;
      const { path } = this.info;
      throw new UnbrickError("driver", `The device of the port ${path} refused a request.`, {
        path,
      }, { cause: error });
    }
  }

  #mustBeOpen(): void {
    if (this.#closed) throw new Error(`the port ${this.info.path} was closed`);
  }
}
