import type { UsbDeviceInfo, UsbSpeed } from "../../core/transport/usb/device.ts";
import { bounded } from "../native/bounded.ts";
import type { System } from "../native/mod.ts";
import { libusbError } from "./codes.ts";
import { readConfigurations, readDeviceDescriptor } from "./descriptors.ts";
import type { Symbols } from "./symbols.ts";
import { text } from "../../core/common/text.ts";
import { byNumbers } from "../../core/common/number_order.ts";

/** How long freeing a list may take, ms. */
const FREE_MS = 1_000;

/** What a list needs of the context that read it. */
export interface ListHost {
  /** Keeps libusb's context until the work has ended: giving back a device changes the context's list. */
  track(work: Promise<void>): Promise<void>;
  /** Called when the list cannot be given back. */
  onLost(): void;
}

/** A device on the bus; the pointer is valid until its list is freed. */
export interface ListedDevice {
  readonly pointer: Deno.PointerObject;
  readonly info: UsbDeviceInfo;
}

/**
 * The devices on the bus at one moment. Until it is freed, libusb keeps their objects, so that
 * equal pointers in two lists mean the same device, not another one at the same address.
 */
export class DeviceList {
  readonly #usb: Symbols;
  readonly #list: Deno.PointerValue;
  readonly #host: ListHost;
  readonly pointers: readonly Deno.PointerObject[];
  #freed?: Promise<void>;

  private constructor(
    usb: Symbols,
    list: Deno.PointerValue,
    count: number,
    host: ListHost,
  ) {
    this.#usb = usb;
    this.#list = list;
    this.#host = host;
    const view = list && new Deno.UnsafePointerView(list);
    this.pointers = Array.from(
      { length: view ? count : 0 },
      (_, index) => view!.getPointer(8 * index)!,
    );
  }

  /** @throws UnbrickError `driver` if the system does not list its devices. */
  static async read(
    usb: Symbols,
    context: Deno.PointerObject,
    system: System,
    host: ListHost,
  ): Promise<DeviceList> {
    const out = new BigUint64Array(1);
    const count = Number(await usb.libusb_get_device_list(context, out));
    if (count < 0) {
      throw libusbError(count, { operation: "list", subject: text`its devices`, system });
    }
    return new DeviceList(usb, Deno.UnsafePointer.create(out[0]), count, host);
  }

  /**
   * Returns their descriptions in the order of their port paths, without devices whose device
   * descriptor cannot be read.
   * @param known devices of a list that has not been freed; the same devices are not read again
   */
  describe(known: readonly ListedDevice[] = []): ListedDevice[] {
    const listed = this.pointers.flatMap((pointer) => {
      const same = known.find((one) => Deno.UnsafePointer.equals(one.pointer, pointer));
      if (same && isComplete(same.info)) return [same];
      const info = describe(this.#usb, pointer);
      return info ? [{ pointer, info }] : [];
    });
    return listed.sort((a, b) => byNumbers(a.info.portPath, b.info.portPath));
  }

  has(pointer: Deno.PointerObject): boolean {
    return this.pointers.some((other) => Deno.UnsafePointer.equals(other, pointer));
  }

  /** Returns true if both lists contain the same devices. */
  equals(other: DeviceList): boolean {
    return this.pointers.length === other.pointers.length &&
      this.pointers.every((pointer) => other.has(pointer));
  }

  /** May be called twice; never throws. */
  free(): Promise<void> {
    return this.#freed ??= this.#host.track(this.#free());
  }

  async #free(): Promise<void> {
    if (!this.#list) return;
    const freeing = this.#usb.libusb_free_device_list(this.#list, 1);
    const limit = { call: "libusb_free_device_list", ms: FREE_MS, lost: this.#host.onLost };
    await bounded(freeing, limit).catch(() => {});
  }
}

function isComplete({ configurations, descriptor }: UsbDeviceInfo): boolean {
  return configurations.length === descriptor.bNumConfigurations;
}

/** enum libusb_speed; anything faster than SUPER is also called super. */
const speeds: readonly UsbSpeed[] = ["unknown", "low", "full", "high", "super", "super", "super"];

function describe(usb: Symbols, device: Deno.PointerObject): UsbDeviceInfo | undefined {
  const descriptor = readDeviceDescriptor(usb, device);
  if (!descriptor) return undefined;
  const bus = usb.libusb_get_bus_number(device);
  // At most 7 ports: 5 hubs in a row (USB 3.2 section 8.9), as libusb's documentation recommends.
  const ports = new Uint8Array(7);
  const count = usb.libusb_get_port_numbers(device, ports, ports.length);
  return {
    bus,
    address: usb.libusb_get_device_address(device),
    // A root hub has no ports above it.
    portPath: `${bus}-${count > 0 ? ports.subarray(0, count).join(".") : 0}`,
    speed: speeds[usb.libusb_get_device_speed(device)] ?? "unknown",
    descriptor,
    configurations: readConfigurations(usb, device, descriptor.bNumConfigurations),
  };
}
