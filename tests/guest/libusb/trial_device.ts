import { systemClock } from "../../../core/common/clock.ts";
import { InPipe, OutPipe } from "../../../core/transport/usb/endpoint_pipes.ts";
import { UsbFunction } from "../../../core/transport/usb/function.ts";
import { Stall } from "../../../core/transport/usb/model.ts";
import type { SetupPacket } from "../../../core/transport/usb/setup_packet.ts";
import { CONTENTS, ID, REQUEST } from "./trial.ts";

/** Usage page 0xFF00, one input and one output report of 64 bytes. */
const reportDescriptor = Uint8Array.of(
  ...[0x06, 0x00, 0xff, 0x09, 0x01, 0xa1, 0x01, 0x15, 0x00, 0x26, 0xff, 0x00, 0x75, 0x08],
  ...[0x95, 0x40, 0x09, 0x01, 0x81, 0x02, 0x95, 0x40, 0x09, 0x02, 0x91, 0x02, 0xc0],
);
const hid = Uint8Array.of(9, 0x21, 0x11, 0x01, 0, 1, 0x22, reportDescriptor.length, 0);
const dfu = Uint8Array.of(9, 0x21, 0x0b, 0xff, 0x00, 0x00, 0x08, 0x1a, 0x01);
const endpoint = { bmAttributes: 3, wMaxPacketSize: 64, bInterval: 1 };

/**
 * A device with everything that a binding must handle: vendor requests on interface 0 (with three
 * alternate settings), and a HID on interface 1 that the kernel's own driver claims at once.
 */
export class TrialDevice extends UsbFunction {
  /** Requests that were held until the host cancelled them. */
  givenUp = 0;
  alternates: number[] = [];
  readonly #in = new InPipe(64);
  readonly #out = new OutPipe(64);
  #data: Uint8Array = new Uint8Array();

  constructor(private readonly leave: (comeBackAfterMs: number) => void) {
    const setting = (bAlternateSetting: number) => ({
      bAlternateSetting,
      bInterfaceClass: 0xfe,
      bInterfaceSubClass: 1,
      bInterfaceProtocol: 2,
      iInterface: 4 + bAlternateSetting,
      extra: bAlternateSetting === 2 ? dfu : new Uint8Array(),
    });
    super({
      speed: "full",
      device: { ...ID, iManufacturer: 1, iProduct: 2, iSerialNumber: 3 },
      configuration: {
        interfaces: [setting(0), setting(1), setting(2), {
          bInterfaceNumber: 1,
          bInterfaceClass: 3,
          extra: hid,
          endpoints: [{ ...endpoint, bEndpointAddress: 0x81 }, {
            ...endpoint,
            bEndpointAddress: 0x01,
          }],
        }],
      },
      strings: { 1: "unbrick", 2: "Trial", 3: "T1", 4: "zero", 5: "one", 6: CONTENTS.longString },
    });
    void this.#echo();
  }

  dataIn(_endpoint: number, length: number, signal: AbortSignal): Promise<Uint8Array> {
    return this.#in.read(length, signal);
  }

  dataOut(_endpoint: number, data: Uint8Array, signal: AbortSignal): Promise<void> {
    return this.#out.write(data, signal);
  }

  protected override alternateSet(_interface: number, setting: number): void {
    this.alternates.push(setting);
  }

  protected override async request(
    { bmRequestType, bRequest, wValue }: SetupPacket,
    data: Uint8Array,
    signal: AbortSignal,
  ): Promise<Uint8Array | void> {
    if (bmRequestType === 0x81 && wValue >> 8 === 0x22) return reportDescriptor;
    if (bmRequestType === 0x21) return; // SET_IDLE of the kernel's driver
    if ((bmRequestType & 0x60) !== 0x40) throw new Stall();
    switch (bRequest) {
      case REQUEST.STORE:
        this.#data = data;
        return;
      case REQUEST.LOAD:
        return this.#data;
      case REQUEST.HOLD:
        return await systemClock.sleep(600_000, signal).catch((error) => {
          this.givenUp++;
          throw error;
        });
      case REQUEST.GIVEN_UP:
        return Uint8Array.of(this.givenUp);
      case REQUEST.LEAVE:
        systemClock.sleep(100).then(() => this.leave(wValue));
        return;
      default:
        throw new Stall();
    }
  }

  /** Returns every report with its bytes in reverse order. */
  async #echo(): Promise<void> {
    while (true) await this.#in.send((await this.#out.receive(64)).toReversed());
  }
}
