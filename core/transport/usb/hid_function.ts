import { constant, struct, u16, u8 } from "../../common/struct.ts";
import { type FunctionDeclaration, StandardRequest, UsbFunction } from "./function.ts";
import { Stall } from "./model.ts";
import type { SetupPacket } from "./setup_packet.ts";

/** Class requests of HID 1.11 section 7.2. */
const SET_REPORT = 0x09, SET_IDLE = 0x0a;
const TO_INTERFACE_OUT = 0x21, FROM_INTERFACE_STANDARD = 0x81;
const HID_DESCRIPTOR = 0x21, REPORT_DESCRIPTOR = 0x22;
const OUTPUT_REPORT = 2;

/** HID 1.11 section 6.2.1, 9 bytes, with one report descriptor. */
const HidDescriptor = struct("HID descriptor", {
  bLength: constant(u8, 9),
  bDescriptorType: constant(u8, HID_DESCRIPTOR),
  bcdHID: u16,
  bCountryCode: constant(u8, 0),
  bNumDescriptors: constant(u8, 1),
  bReportDescriptorType: constant(u8, REPORT_DESCRIPTOR),
  /** Bytes of the report descriptor. */
  wDescriptorLength: u16,
});

/** Base of simulated devices with one HID interface (number 0) and reports with ids. */
export abstract class HidFunction extends UsbFunction {
  readonly #descriptors: ReadonlyMap<number, Uint8Array>;

  constructor(declaration: FunctionDeclaration, reportDescriptor: Uint8Array, bcdHID: number) {
    const hid = HidDescriptor.encode({ bcdHID, wDescriptorLength: reportDescriptor.length });
    const { configuration } = declaration;
    super(
      configuration instanceof Uint8Array ? declaration : {
        ...declaration,
        configuration: {
          ...configuration,
          interfaces: configuration.interfaces.map((one) => ({ ...one, extra: hid })),
        },
      },
    );
    this.#descriptors = new Map([[HID_DESCRIPTOR, hid], [REPORT_DESCRIPTOR, reportDescriptor]]);
  }

  /**
   * Accepts an output report (SET_REPORT); `data` begins with the report id.
   * @throws Stall for a report that does not exist.
   */
  protected abstract setReport(reportId: number, data: Uint8Array): void;

  protected async request(setup: SetupPacket, data: Uint8Array): Promise<Uint8Array | void> {
    const { bmRequestType, bRequest, wValue } = setup;
    if (bmRequestType === FROM_INTERFACE_STANDARD && bRequest === StandardRequest.GET_DESCRIPTOR) {
      const found = this.#descriptors.get(wValue >> 8);
      if (found) return found;
    }
    if (bmRequestType === TO_INTERFACE_OUT && bRequest === SET_IDLE) return;
    if (bmRequestType === TO_INTERFACE_OUT && bRequest === SET_REPORT) {
      if (wValue >> 8 !== OUTPUT_REPORT) throw new Stall();
      return this.setReport(wValue & 0xff, data);
    }
    throw new Stall();
  }
}
