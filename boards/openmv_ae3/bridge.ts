import { CdcFunction } from "../../core/transport/serial/cdc_function.ts";
import type { SerialLine } from "../../core/transport/serial/line.ts";
import { UsbFunction } from "../../core/transport/usb/function.ts";
import { Stall } from "../../core/transport/usb/model.ts";

/** The serial adapter on the camera, as it appears on USB. */

export interface BridgeIdentity {
  readonly vendorId: number;
  readonly productId: number;
  readonly product: string;
  readonly serial: string;
}

/** Models only the USB side: programs in this process get its serial port directly. */
export class BridgeModel extends UsbFunction {
  constructor({ vendorId, productId, product, serial }: BridgeIdentity) {
    super({
      speed: "full",
      device: {
        idVendor: vendorId,
        idProduct: productId,
        bcdDevice: 0x1000,
        iProduct: 2,
        iSerialNumber: 3,
      },
      configuration: { interfaces: [{ bInterfaceNumber: 0, bInterfaceClass: 0xFF }] },
      strings: { 2: product, 3: serial },
    });
  }

  protected override request(): Promise<Uint8Array | void> {
    throw new Stall();
  }
}

/**
 * Returns a complete adapter for hosts outside this process: it passes bytes between USB and the
 * line.
 */
export function bridgeWithPort(identity: BridgeIdentity, line: SerialLine): CdcFunction {
  const adapter: CdcFunction = new CdcFunction({ ...identity, speed: "full" }, {
    set: ({ dtr }) => line.listen(dtr ? host : undefined),
    receive: (bytes) => void line.transmit(bytes, adapter.line.baudRate),
    detached: () => line.listen(undefined),
  });
  const host = {
    get baudRate() {
      return adapter.line.baudRate;
    },
    receive: (bytes: Uint8Array) => adapter.send(bytes),
  };
  return adapter;
}
