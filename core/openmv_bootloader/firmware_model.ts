import { UsbFunction } from "../usb/function.ts";
import { type SetupPacket, Stall } from "../usb/model.ts";
import type { UsbSpeed } from "../usb/device.ts";
import { OPENMV_VENDOR_ID } from "./identity.ts";

export interface FirmwareModelOptions {
  /** Default OpenMV. */
  readonly vendorId?: number;
  readonly productId: number;
  readonly product: string;
  readonly serial: string;
  readonly speed: UsbSpeed;
}

const SET_LINE_CODING = 0x20, GET_LINE_CODING = 0x21, SET_CONTROL_LINE_STATE = 0x22;
const CDC_TO_DEVICE = 0x21, CDC_TO_HOST = 0xA1;
/** Endpoints: notification, data in, data out. */
const NOTIFY = 0x82, DATA_IN = 0x83, DATA_OUT = 0x03;
/** 115200 8N1: dwDTERate, bCharFormat, bParityType, bDataBits. */
const LINE_CODING = Uint8Array.of(0x00, 0xC2, 0x01, 0x00, 0, 0, 8);

/** A camera whose firmware runs: a CDC serial port that never says anything. */
export class RunningFirmwareModel extends UsbFunction {
  #lineCoding: Uint8Array = LINE_CODING;

  constructor(
    { vendorId = OPENMV_VENDOR_ID, productId, product, serial, speed }: FirmwareModelOptions,
  ) {
    const size = speed === "full" ? 64 : 512;
    super({
      speed,
      device: {
        bDeviceClass: 0xEF,
        bDeviceSubClass: 2,
        bDeviceProtocol: 1,
        idVendor: vendorId,
        idProduct: productId,
        bcdDevice: 0x0200,
        iManufacturer: 1,
        iProduct: 2,
        iSerialNumber: 3,
      },
      configuration: {
        bMaxPower: 250,
        // Interface association of the two CDC interfaces.
        extra: Uint8Array.of(8, 11, 0, 2, 2, 2, 0, 0),
        interfaces: [
          {
            bInterfaceNumber: 0,
            bInterfaceClass: 2,
            bInterfaceSubClass: 2,
            // Header 1.10, call management, abstract control, union (CDC 1.2).
            extra: Uint8Array.from([
              ...[5, 0x24, 0, 0x10, 0x01],
              ...[5, 0x24, 1, 0, 1],
              ...[4, 0x24, 2, 2],
              ...[5, 0x24, 6, 0, 1],
            ]),
            endpoints: [endpoint(NOTIFY, 3, 8, 16)],
          },
          {
            bInterfaceNumber: 1,
            bInterfaceClass: 10,
            endpoints: [endpoint(DATA_OUT, 2, size, 0), endpoint(DATA_IN, 2, size, 0)],
          },
        ],
      },
      strings: { 1: "OpenMV", 2: product, 3: serial },
    });
  }

  protected override request(setup: SetupPacket, data: Uint8Array): Promise<Uint8Array | void> {
    const { bmRequestType, bRequest } = setup;
    if (bmRequestType === CDC_TO_HOST && bRequest === GET_LINE_CODING) {
      return Promise.resolve(this.#lineCoding);
    }
    const isKnown = bRequest === SET_LINE_CODING || bRequest === SET_CONTROL_LINE_STATE;
    if (bmRequestType !== CDC_TO_DEVICE || !isKnown) throw new Stall();
    if (bRequest === SET_LINE_CODING) this.#lineCoding = data.slice();
    return Promise.resolve();
  }

  /** Nothing to send: NAK until the host gives up. */
  dataIn(_endpoint: number, _length: number, signal: AbortSignal): Promise<Uint8Array> {
    return new Promise((_, reject) => {
      if (signal.aborted) return reject(signal.reason);
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    });
  }

  dataOut(): Promise<void> {
    return Promise.resolve();
  }
}

function endpoint(
  bEndpointAddress: number,
  bmAttributes: number,
  wMaxPacketSize: number,
  bInterval: number,
) {
  return { bEndpointAddress, bmAttributes, wMaxPacketSize, bInterval };
}
