import { struct, u32, u8 } from "../../common/struct.ts";
import type { UsbSpeed } from "../usb/device.ts";
import { InPipe } from "../usb/endpoint_pipes.ts";
import { UsbFunction } from "../usb/function.ts";
import { Stall } from "../usb/model.ts";
import type { SetupPacket } from "../usb/setup_packet.ts";

/** Serial ports over USB, as the class CDC ACM defines them (CDC 1.2, PSTN 1.2). */

export const CdcRequest = {
  SET_LINE_CODING: 0x20,
  GET_LINE_CODING: 0x21,
  SET_CONTROL_LINE_STATE: 0x22,
} as const;
/** bmRequestType of class requests to an interface. */
export const CDC_TO_DEVICE = 0x21, CDC_TO_HOST = 0xA1;
/** Classes and subclass of the two interfaces. */
export const CDC_CONTROL = 2, CDC_ACM = 2, CDC_DATA = 10;
const BULK = 2, INTERRUPT = 3;
const NOTIFY = 0x82, DATA_IN = 0x83, DATA_OUT = 0x03;
/** 115200 8N1. */
const FIRST_RATE = 115_200;

/** PSTN 1.2 table 17, 7 bytes. */
const LineCoding = struct("line coding", {
  /** Bits a second. */
  dwDTERate: u32,
  /** 0: 1 stop bit. */
  bCharFormat: u8,
  /** 0: none. */
  bParityType: u8,
  bDataBits: u8,
});

/** The names and ids of the device. */
export interface CdcIdentity {
  readonly vendorId: number;
  readonly productId: number;
  readonly manufacturer?: string;
  readonly product?: string;
  readonly serial?: string;
  readonly bcdDevice?: number;
  readonly speed: UsbSpeed;
}

/** The settings of the port that the host has made. */
export interface CdcLine {
  /** Bits a second. */
  readonly baudRate: number;
  readonly dtr: boolean;
  readonly rts: boolean;
}

/** What is behind the port. */
export interface CdcFarEnd {
  /** The rate, DTR or RTS changed. */
  set?(line: CdcLine): void;
  receive(bytes: Uint8Array): void;
  /** The device was unplugged. */
  detached?(): void;
}

/** A simulated serial port: control interface 0, data interface 1. */
export class CdcFunction extends UsbFunction {
  readonly #input: InPipe;
  #lineCoding = lineCoding(FIRST_RATE);
  #state = 0;
  /** The 7 bytes of every SET_LINE_CODING so far. */
  readonly lineCodings: Uint8Array[] = [];

  constructor(identity: CdcIdentity, private readonly farEnd: CdcFarEnd) {
    const { manufacturer, product, serial } = identity;
    const packet = identity.speed === "high" ? 512 : 64;
    super({
      speed: identity.speed,
      device: {
        bDeviceClass: 0xEF,
        bDeviceSubClass: 2,
        bDeviceProtocol: 1,
        idVendor: identity.vendorId,
        idProduct: identity.productId,
        bcdDevice: identity.bcdDevice ?? 0x0200,
        iManufacturer: manufacturer === undefined ? 0 : 1,
        iProduct: product === undefined ? 0 : 2,
        iSerialNumber: serial === undefined ? 0 : 3,
      },
      configuration: {
        bMaxPower: 250,
        // Interface association of the two interfaces.
        extra: Uint8Array.of(8, 11, 0, 2, CDC_CONTROL, CDC_ACM, 0, 0),
        interfaces: [
          {
            bInterfaceNumber: 0,
            bInterfaceClass: CDC_CONTROL,
            bInterfaceSubClass: CDC_ACM,
            // Header 1.10, call management, abstract control, union.
            extra: Uint8Array.from([
              ...[5, 0x24, 0, 0x10, 0x01],
              ...[5, 0x24, 1, 0, 1],
              ...[4, 0x24, 2, 2],
              ...[5, 0x24, 6, 0, 1],
            ]),
            endpoints: [endpoint(NOTIFY, INTERRUPT, 8, 16)],
          },
          {
            bInterfaceNumber: 1,
            bInterfaceClass: CDC_DATA,
            endpoints: [endpoint(DATA_OUT, BULK, packet, 0), endpoint(DATA_IN, BULK, packet, 0)],
          },
        ],
      },
      strings: { 1: manufacturer ?? "", 2: product ?? "", 3: serial ?? "" },
    });
    this.#input = new InPipe(packet);
  }

  get line(): CdcLine {
    const { dwDTERate } = LineCoding.decode(this.#lineCoding);
    return { baudRate: dwDTERate, dtr: (this.#state & 1) !== 0, rts: (this.#state & 2) !== 0 };
  }

  /** Queues bytes for the host, which gets them when it reads. */
  send(bytes: Uint8Array): void {
    void this.#input.send(bytes);
    // A transfer to the host ends with a packet that is not full.
    if (bytes.length > 0 && bytes.length % this.#input.wMaxPacketSize === 0) {
      void this.#input.send(new Uint8Array());
    }
  }

  dataIn(endpoint: number, length: number, signal: AbortSignal): Promise<Uint8Array> {
    return endpoint === DATA_IN ? this.#input.read(length, signal) : held(signal);
  }

  dataOut(endpoint: number, data: Uint8Array): Promise<void> {
    if (endpoint !== DATA_OUT) throw new Stall();
    this.farEnd.receive(data);
    return Promise.resolve();
  }

  detached(): void {
    this.farEnd.detached?.();
  }

  protected override request(setup: SetupPacket, data: Uint8Array): Promise<Uint8Array | void> {
    const { bmRequestType, bRequest, wValue } = setup;
    if (bmRequestType === CDC_TO_HOST && bRequest === CdcRequest.GET_LINE_CODING) {
      return Promise.resolve(this.#lineCoding);
    }
    if (bmRequestType !== CDC_TO_DEVICE) throw new Stall();
    if (bRequest === CdcRequest.SET_LINE_CODING && data.length === this.#lineCoding.length) {
      this.#lineCoding = data.slice();
      this.lineCodings.push(data.slice());
    } else if (bRequest === CdcRequest.SET_CONTROL_LINE_STATE) this.#state = wValue;
    else throw new Stall();
    this.farEnd.set?.(this.line);
    return Promise.resolve();
  }
}

/** Returns the line coding of a rate with 8 data bits, no parity and 1 stop bit. */
export function lineCoding(baudRate: number): Uint8Array<ArrayBuffer> {
  return LineCoding.encode({ dwDTERate: baudRate, bCharFormat: 0, bParityType: 0, bDataBits: 8 });
}

/** Answers NAK until the host gives up: there is nothing to notify. */
function held(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) return reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

function endpoint(
  bEndpointAddress: number,
  bmAttributes: number,
  wMaxPacketSize: number,
  bInterval: number,
) {
  return { bEndpointAddress, bmAttributes, wMaxPacketSize, bInterval };
}
