import { UnbrickError } from "../../core/common/errors.ts";
import { loadLibrary } from "../native/load.ts";
import { hostSystem, type System } from "../native/mod.ts";
import { libusbError } from "./codes.ts";
import { describeDevice, LibusbDevice } from "./device.ts";
import { DeviceList, type ListedDevice } from "./device_list.ts";
import { EventPump } from "./event_pump.ts";
import { InFlight } from "./in_flight.ts";
import { VERSION } from "./layout.ts";
import { type Library, type Symbols, symbols } from "./symbols.ts";
import { readAll } from "./memory.ts";

/** LIBUSB_CAP_HAS_HOTPLUG */
const HAS_HOTPLUG = 1;

/** A session with libusb: its library, its thread for events, and what is open in it. */
export class Context {
  readonly #library: Library;
  readonly #pointer: Deno.PointerObject;
  readonly #devices = new Set<LibusbDevice>();
  readonly #running = new InFlight();
  readonly #onUnload = () => this.#closeNow();
  readonly system: System = hostSystem();
  readonly pump: EventPump;
  #closing?: Promise<void>;
  #lost = false;

  private constructor(
    library: Library,
    pointer: Deno.PointerObject,
    /** Where the library was loaded from: `memory` or a folder; undefined: the file that was named. */
    readonly place: string | undefined,
  ) {
    this.#library = library;
    this.#pointer = pointer;
    this.pump = new EventPump(library.symbols, pointer);
    globalThis.addEventListener("unload", this.#onUnload);
  }

  /**
   * Loads the library and starts it.
   * @throws UnbrickError `not-found`, `driver`, or `permission` if the system loads it from no place.
   */
  static async open(file: string | URL): Promise<Context> {
    const { library, place } = loadLibrary(file, symbols);
    const out = new BigUint64Array(1);
    const code = await library.symbols.libusb_init(out);
    const pointer = Deno.UnsafePointer.create(out[0]);
    if (code === 0 && pointer) return new Context(library, pointer, place);
    library.close();
    const about = { operation: "start", subject: "the USB library", system: hostSystem() } as const;
    throw libusbError(code, about);
  }

  /** `1.0.30` */
  get version(): string {
    const pointer = this.#usb.libusb_get_version();
    if (!pointer) return "unknown";
    const [version] = readAll(VERSION, Deno.UnsafePointer.value(pointer), 1);
    return `${version.major}.${version.minor}.${version.micro}`;
  }

  /** True if libusb learns of arrivals by itself (Linux, macOS); false if it must look (Windows). */
  get hasHotplug(): boolean {
    return this.#usb.libusb_has_capability(HAS_HOTPLUG) !== 0;
  }

  /** The devices on the bus now; the caller frees the list. */
  devices(): Promise<DeviceList> {
    return this.#running.track(DeviceList.read(this.#usb, this.#pointer, this.system));
  }

  /**
   * Opens a device of a list that is not freed yet.
   * @throws UnbrickError `permission`, `busy`, `driver`, `disconnected`.
   */
  openDevice(device: ListedDevice): Promise<LibusbDevice> {
    return this.#running.track(this.#openDevice(device));
  }

  async #openDevice({ pointer, info }: ListedDevice): Promise<LibusbDevice> {
    const usb = this.#usb;
    const out = new BigUint64Array(1);
    usb.libusb_ref_device(pointer); // the list may be freed while libusb_open runs
    try {
      const code = await usb.libusb_open(pointer, out);
      const handle = Deno.UnsafePointer.create(out[0]);
      if (code !== 0 || !handle) {
        const about = { operation: "open", subject: describeDevice(info) } as const;
        throw libusbError(code, { ...about, system: this.system });
      }
      const device = new LibusbDevice(
        {
          usb,
          pump: this.pump,
          system: this.system,
          isAlone: () => this.#devices.size === 1,
          isPresent: () => this.#isPresent(pointer),
          closed: (device, lost) => {
            this.#devices.delete(device);
            this.#lost ||= lost;
          },
        },
        handle,
        info,
      );
      this.#devices.add(device);
      return device;
    } finally {
      usb.libusb_unref_device(pointer);
    }
  }

  /** Closes what is open and ends the session; may be called twice; never throws. */
  close(): Promise<void> {
    return this.#closing ??= this.#close();
  }

  get #usb(): Symbols {
    if (this.#closing) throw new UnbrickError("cancelled", "The USB bus was closed meanwhile.");
    return this.#library.symbols;
  }

  async #isPresent(pointer: Deno.PointerObject): Promise<boolean> {
    const list = await DeviceList.read(this.#library.symbols, this.#pointer, this.system);
    try {
      return list.has(pointer);
    } finally {
      list.free();
    }
  }

  async #close(): Promise<void> {
    globalThis.removeEventListener("unload", this.#onUnload);
    await this.#running.settled();
    await Promise.all([...this.#devices].map((device) => device.close()));
    await this.pump.close();
    // What the system never gave back still belongs to the session: it ends with the process.
    if (this.#lost) return;
    await this.#library.symbols.libusb_exit(this.#pointer);
    this.#library.close();
  }

  /**
   * At the end of the process nothing can be awaited: gives back what no other thread is using, and
   * ends the session if that was everything.
   */
  #closeNow(): void {
    if (this.#closing) return;
    for (const device of this.#devices) device.closeNow();
    const unused = this.#devices.size === 0 && this.#running.isIdle && !this.pump.isRunning;
    if (unused && !this.#lost) this.#library.symbols.exitNow(this.#pointer);
    this.#closing = Promise.resolve();
  }
}
