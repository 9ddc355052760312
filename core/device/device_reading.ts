import type { Clock } from "../common/clock.ts";
import { asUnbrickError, UnbrickError } from "../common/errors.ts";
import { usbId } from "../common/format.ts";
import type { TransferOptions, UsbBus, UsbDevice, UsbDeviceInfo } from "../transport/usb/device.ts";
import { readString } from "../transport/usb/strings.ts";
import type { SeenDevice } from "./detected_device.ts";
import { text } from "../common/text.ts";

/** Deadline of one string request, ms; a healthy device answers within a few milliseconds. */
const STRING_TIMEOUT_MS = 500;
/** The pause before the third request to a device that does not answer, ms; doubled each time. */
const PAUSE_MS = 1_000;

/**
 * Reads the names of one device, from its arrival until it leaves. A device that does not answer is
 * asked again later, but only the first attempt is waited for.
 */
export class DeviceReading {
  #seen: SeenDevice | undefined;
  /** A defect in unbrick itself. */
  #failure: UnbrickError | undefined;
  #running: Promise<void> | undefined;
  #isHung = false;
  #pauseMs = 0;
  #notBefore = -Infinity;

  constructor(
    private readonly bus: UsbBus,
    private readonly info: UsbDeviceInfo,
    private readonly clock: Clock,
  ) {}

  /**
   * Reads what is not known yet. @returns the reading to wait for, unless the device is known not
   * to answer
   */
  next(signal: AbortSignal): Promise<void> | undefined {
    if (this.#isRead) return undefined;
    if (!this.#running && this.clock.now() >= this.#notBefore) {
      this.#running = this.#read(signal).finally(() => this.#running = undefined);
    }
    return this.#isHung ? undefined : this.#running;
  }

  /**
   * Returns what is known now; undefined for a device that has left. A device that is still being
   * read counts as one that does not answer, until it answers.
   */
  result(): SeenDevice | undefined {
    if (this.#failure) throw this.#failure;
    if (this.#running && !this.#isHung && !this.#isRead) {
      this.#isHung = true;
      this.#seen = this.#unreadable(notAnswering(this.info));
    }
    return this.#seen;
  }

  get #isRead(): boolean {
    return this.#seen !== undefined && !this.#seen.unreadable;
  }

  async #read(signal: AbortSignal): Promise<void> {
    let device: UsbDevice | undefined;
    try {
      device = await this.bus.open(this.info);
      const seen = await readStrings(device, { timeoutMs: STRING_TIMEOUT_MS, signal });
      this.#seen = { ...seen, usb: this.info };
      this.#isHung = false;
    } catch (thrown) {
      this.#failed(asUnbrickError(thrown));
    } finally {
      await device?.close();
    }
  }

  #failed(error: UnbrickError): void {
    switch (error.kind) {
      case "bug":
        this.#failure = error;
        return;
      case "cancelled": // by the signal of an earlier look, or of the current one, which reports it
        return;
      case "disconnected":
        this.#seen = undefined;
        return;
      case "timeout":
        this.#isHung = true;
        this.#notBefore = this.clock.now() + this.#pauseMs;
        this.#pauseMs = Math.max(PAUSE_MS, 2 * this.#pauseMs);
        // The error of a hanging call contains more detail.
        this.#seen = this.#unreadable(error.data.call ? error : notAnswering(this.info));
        return;
      default:
        this.#seen = this.#unreadable(error);
    }
  }

  #unreadable(unreadable: UnbrickError): SeenDevice {
    return { usb: this.info, interfaceNames: new Map(), unreadable };
  }
}

function notAnswering({ descriptor, portPath }: UsbDeviceInfo): UnbrickError {
  const id = usbId(descriptor.idVendor, descriptor.idProduct);
  return new UnbrickError(
    "timeout",
    text`The USB device ${id} on port ${portPath} does not answer.`,
    {
      port: portPath,
      isSilent: true,
    },
  );
}

async function readStrings(device: UsbDevice, options: TransferOptions): Promise<SeenDevice> {
  const { descriptor, configurations } = device.info;
  const interfaceNames = new Map<string, string>();
  const interfaces = configurations[0]?.interfaces ?? [];
  const product = await readString(device, descriptor.iProduct, options);
  const serial = await readString(device, descriptor.iSerialNumber, options);
  const manufacturer = await readString(device, descriptor.iManufacturer, options);
  for (const { iInterface, bInterfaceNumber, bAlternateSetting } of interfaces) {
    const name = await readString(device, iInterface, options);
    if (name !== undefined) interfaceNames.set(`${bInterfaceNumber}:${bAlternateSetting}`, name);
  }
  return { usb: device.info, manufacturer, product, serial, interfaceNames };
}
