import { InPipe } from "../../../core/transport/usb/endpoint_pipes.ts";
import { UsbFunction } from "../../../core/transport/usb/function.ts";
import { Stall } from "../../../core/transport/usb/model.ts";
import type { SetupPacket } from "../../../core/transport/usb/setup_packet.ts";

/** Vendor requests, as Linux' ftdi_sio makes them. */
const Request = {
  RESET: 0,
  SET_MODEM_CTRL: 1,
  SET_FLOW_CTRL: 2,
  SET_BAUDRATE: 3,
  SET_DATA: 4,
  GET_MODEM_STATUS: 5,
  SET_EVENT_CHAR: 6,
  SET_ERROR_CHAR: 7,
  SET_LATENCY_TIMER: 9,
  GET_LATENCY_TIMER: 10,
} as const;
const TO_DEVICE = 0x40, TO_HOST = 0xC0;
const DATA_IN = 0x81, DATA_OUT = 0x02, PACKET = 64;
/** The start of every packet to the host: CTS, DSR and carrier; transmitter empty. */
const STATUS = [0xB1, 0x60] as const;
/** The chip's value after power-on, milliseconds. */
const FACTORY_LATENCY_MS = 16;

/** An FTDI FT-X adapter (0403:6015) whose device returns what it receives. */
export class FtdiEcho extends UsbFunction {
  readonly #input = new InPipe(PACKET);
  latencyMs = FACTORY_LATENCY_MS;
  /** The wValue of each SET_BAUDRATE. */
  readonly divisors: number[] = [];
  /** The wValue of the last SET_DATA: 8 data bits, no parity, one stop bit is 8. */
  format = -1;

  constructor() {
    super({
      speed: "full",
      device: {
        idVendor: 0x0403,
        idProduct: 0x6015,
        bcdDevice: 0x1000,
        iManufacturer: 1,
        iProduct: 2,
        iSerialNumber: 3,
      },
      configuration: {
        interfaces: [{
          bInterfaceClass: 0xFF,
          bInterfaceSubClass: 0xFF,
          bInterfaceProtocol: 0xFF,
          endpoints: [DATA_IN, DATA_OUT].map((bEndpointAddress) => ({
            bEndpointAddress,
            bmAttributes: 2,
            wMaxPacketSize: PACKET,
            bInterval: 0,
          })),
        }],
      },
      strings: { 1: "FTDI", 2: "FT230X Basic UART", 3: "DK0A1B2C" },
    });
  }

  dataIn(_endpoint: number, length: number, signal: AbortSignal): Promise<Uint8Array> {
    return this.#input.read(length, signal);
  }

  dataOut(_endpoint: number, data: Uint8Array): Promise<void> {
    const room = PACKET - STATUS.length;
    for (let at = 0; at < data.length; at += room) {
      void this.#input.send(Uint8Array.of(...STATUS, ...data.subarray(at, at + room)));
    }
    // A full packet does not end the host's transfer.
    if (data.length % room === 0) void this.#input.send(Uint8Array.from(STATUS));
    return Promise.resolve();
  }

  protected override async request(setup: SetupPacket): Promise<Uint8Array | void> {
    const { bmRequestType, bRequest, wValue } = setup;
    if (bmRequestType === TO_HOST) {
      if (bRequest === Request.GET_MODEM_STATUS) return Uint8Array.from(STATUS);
      if (bRequest === Request.GET_LATENCY_TIMER) return Uint8Array.of(this.latencyMs);
      throw new Stall(); // the EEPROM
    }
    if (bmRequestType !== TO_DEVICE) throw new Stall();
    if (bRequest === Request.SET_BAUDRATE) this.divisors.push(wValue);
    else if (bRequest === Request.SET_DATA) this.format = wValue;
    else if (bRequest === Request.SET_LATENCY_TIMER) this.latencyMs = wValue;
    else if (!Object.values<number>(Request).includes(bRequest)) throw new Stall();
  }
}
