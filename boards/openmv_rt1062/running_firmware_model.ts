import { UsbFunction } from "../../core/usb/function.ts";
import { type SetupPacket, Stall } from "../../core/usb/model.ts";
import { FIRMWARE_ID } from "./recognise.ts";

/** Class requests of CDC ACM: a host sends them when it opens the port. */
const SET_LINE_CODING = 0x20, GET_LINE_CODING = 0x21, SET_CONTROL_LINE_STATE = 0x22;

/** Functional descriptors: header, call management, ACM, union. */
const cdcExtra = Uint8Array.of(
  ...[5, 0x24, 0x00, 0x10, 0x01],
  ...[5, 0x24, 0x01, 0x00, 0x01],
  ...[4, 0x24, 0x02, 0x02],
  ...[5, 0x24, 0x06, 0x00, 0x01],
);

/** The running camera as the bus sees it: a serial port 37C5:1060 that says nothing. */
export class RunningFirmwareModel extends UsbFunction {
  #lineCoding: Uint8Array = Uint8Array.of(0x00, 0xc2, 0x01, 0x00, 0, 0, 8);

  constructor(private readonly onDetached: () => void) {
    super({
      speed: "high",
      device: {
        idVendor: FIRMWARE_ID.vendorId,
        idProduct: FIRMWARE_ID.productId,
        bDeviceClass: 0xef,
        bDeviceSubClass: 2,
        bDeviceProtocol: 1,
        bcdDevice: 0x0100,
        iManufacturer: 1,
        iProduct: 2,
      },
      configuration: {
        interfaces: [
          {
            bInterfaceClass: 2,
            bInterfaceSubClass: 2,
            extra: cdcExtra,
            endpoints: [
              { bEndpointAddress: 0x81, bmAttributes: 3, wMaxPacketSize: 8, bInterval: 16 },
            ],
          },
          {
            bInterfaceNumber: 1,
            bInterfaceClass: 0x0a,
            endpoints: [
              { bEndpointAddress: 0x02, bmAttributes: 2, wMaxPacketSize: 512, bInterval: 0 },
              { bEndpointAddress: 0x82, bmAttributes: 2, wMaxPacketSize: 512, bInterval: 0 },
            ],
          },
        ],
      },
      strings: { 1: "OpenMV", 2: "OpenMV Virtual Comm Port" },
    });
  }

  detached(): void {
    this.onDetached();
  }

  dataIn(_endpoint: number, _length: number, signal: AbortSignal): Promise<Uint8Array> {
    return new Promise((_, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    });
  }

  async dataOut(): Promise<void> {}

  protected async request(setup: SetupPacket, data: Uint8Array): Promise<Uint8Array | void> {
    const { bmRequestType, bRequest } = setup;
    if (bmRequestType === 0x21 && bRequest === SET_CONTROL_LINE_STATE) return;
    if (bmRequestType === 0x21 && bRequest === SET_LINE_CODING) {
      this.#lineCoding = data.slice();
      return;
    }
    if (bmRequestType === 0xa1 && bRequest === GET_LINE_CODING) return this.#lineCoding;
    throw new Stall();
  }
}
