import { UnbrickError } from "../../core/common/errors.ts";
import { bounded, GRACE_MS, type Limit } from "../native/bounded.ts";
import { loadLibrary } from "../native/load.ts";
import { hostSystem, type System } from "../native/mod.ts";
import { libusbError } from "./codes.ts";
import { LibusbDevice } from "./device.ts";
import { describeDevice } from "./describe_device.ts";
import { DeviceList, type ListedDevice } from "./device_list.ts";
import { EventPump } from "./event_pump.ts";
import type { Guard } from "./guard.ts";
import { InFlight } from "./in_flight.ts";
import { VERSION } from "./layout.ts";
import { type Library, type Symbols, symbols } from "./symbols.ts";
import { readAll } from "./memory.ts";
import { text } from "../../core/common/text.ts";

/** LIBUSB_CAP_HAS_HOTPLUG */
const HAS_HOTPLUG = 1;

/** How long calls may take, ms; listing asks every hub. */
const callMs = 6_000, endMs = 2_000;

/** A session with libusb: its library, its event thread, and its open devices. */
export class Context {
  readonly #library: Library;
  readonly #pointer: Deno.PointerObject;
  readonly #devices = new Set<LibusbDevice>();
  readonly #running = new InFlight();
  readonly #onUnload = () => this.#closeNow();
  /** Aborts when the work is stopped or the session closed: running calls are not waited for. */
  readonly #signal: AbortSignal;
  readonly #stop: AbortSignal | undefined;
  readonly #end = new AbortController();
  readonly system: System = hostSystem();
  readonly pump: EventPump;
  #closing?: Promise<void>;
  #lost = false;

  private constructor(
    library: Library,
    pointer: Deno.PointerObject,
    /** Where the library was loaded from: `memory` or a folder; undefined: the named file. */
    readonly place: string | undefined,
    signal?: AbortSignal,
  ) {
    this.#library = library;
    const end = this.#end.signal;
    this.#stop = signal;
    this.#signal = signal ? AbortSignal.any([signal, end]) : end;
    this.#pointer = pointer;
    this.pump = new EventPump(library.symbols, pointer, this.system);
    globalThis.addEventListener("unload", this.#onUnload);
  }

  /**
   * Loads the library and starts it.
   * @param signal ends all waits for calls that do not return
   * @throws UnbrickError `not-found`, `driver`, `timeout`, or `permission` if the system refuses to
   * load it from every place.
   */
  static async open(file: string | URL, signal?: AbortSignal): Promise<Context> {
    const { library, place } = loadLibrary(file, symbols);
    const out = new BigUint64Array(1);
    const starting = library.symbols.libusb_init(out);
    const code = await bounded(starting, { call: "libusb_init", ms: callMs, signal });
    const pointer = Deno.UnsafePointer.create(out[0]);
    if (code === 0 && pointer) return new Context(library, pointer, place, signal);
    library.close();
    const about = {
      operation: "start",
      subject: text`the USB library`,
      system: hostSystem(),
    } as const;
    throw libusbError(code, about);
  }

  /** `1.0.30` */
  get version(): string {
    const pointer = this.#usb.libusb_get_version();
    if (!pointer) return "unknown";
    const [version] = readAll(VERSION, Deno.UnsafePointer.value(pointer), 1);
    return `${version.major}.${version.minor}.${version.micro}`;
  }

  /** True if libusb is notified of arrivals (Linux, macOS); false if it must poll (Windows). */
  get hasHotplug(): boolean {
    return this.#usb.libusb_has_capability(HAS_HOTPLUG) !== 0;
  }

  /**
   * Lists the devices on the bus; the caller frees the list. @throws UnbrickError `driver`,
   * `timeout`
   */
  devices(): Promise<DeviceList> {
    return this.#running.track(this.#list(this.#usb));
  }

  async #list(usb: Symbols): Promise<DeviceList> {
    const reading = DeviceList.read(usb, this.#pointer, this.system, {
      track: (work) => this.#running.track(work),
      onLost: () => this.#lost = true,
    });
    return await this.#bounded(reading, { call: "libusb_get_device_list" }, (late) => late.free());
  }

  /**
   * Opens a device from a list that has not been freed.
   * @throws UnbrickError `permission`, `busy`, `driver`, `disconnected`, `timeout`.
   */
  openDevice(device: ListedDevice, guard: Guard = {}): Promise<LibusbDevice> {
    return this.#running.track(this.#openDevice(device, guard));
  }

  async #openDevice({ pointer, info }: ListedDevice, guard: Guard): Promise<LibusbDevice> {
    const usb = this.#usb;
    const out = new BigUint64Array(1);
    usb.libusb_ref_device(pointer); // the list may be freed while libusb_open runs
    const subject = describeDevice(info);
    const limit = { call: "libusb_open", subject, port: info.portPath };
    const code = await this.#bounded(usb.libusb_open(pointer, out), limit, () => {
      const late = Deno.UnsafePointer.create(out[0]);
      if (late) usb.libusb_close(late).catch(() => {});
    });
    await this.#bounded(usb.libusb_unref_device(pointer), { call: "libusb_unref_device" });
    const handle = Deno.UnsafePointer.create(out[0]);
    if (code !== 0 || !handle) {
      throw libusbError(code, { operation: "open", subject, system: this.system });
    }
    const device = new LibusbDevice(
      {
        usb,
        pump: this.pump,
        system: this.system,
        signal: this.#signal,
        stop: this.#stop,
        guard,
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
  }

  /** @param onLate releases a result that arrives after the wait has ended */
  async #bounded<T>(
    work: Promise<T>,
    limit: Pick<Limit, "call" | "subject" | "port">,
    onLate: (value: T) => void = () => {},
  ): Promise<T> {
    const lost = () => {
      this.#lost = true;
      work.then(onLate, () => {});
    };
    return await bounded(work, { ...limit, ms: callMs, signal: this.#signal, lost });
  }

  /** Closes all devices and ends the session; may be called twice; never throws. */
  close(): Promise<void> {
    return this.#closing ??= this.#close();
  }

  get #usb(): Symbols {
    if (this.#closing) {
      throw new UnbrickError(
        "cancelled",
        text`The USB connection was closed in
      the meantime.`,
      );
    }
    return this.#library.symbols;
  }

  async #isPresent(pointer: Deno.PointerObject): Promise<boolean> {
    const list = await this.#list(this.#library.symbols);
    try {
      return list.has(pointer);
    } finally {
      await list.free();
    }
  }

  async #close(): Promise<void> {
    globalThis.removeEventListener("unload", this.#onUnload);
    this.#end.abort(
      new UnbrickError(
        "cancelled",
        text`The USB connection was closed in the
      meantime.`,
      ),
    );
    await this.#running.settled();
    await Promise.all([...this.#devices].map((device) => device.close()));
    const isUnwanted = this.#stop?.aborted === true || this.pump.isHung;
    await this.pump.close(isUnwanted ? GRACE_MS : endMs);
    // Unreturned calls and transfers still use the session, which then ends with the process.
    if (this.#lost || this.pump.isRunning) return;
    const ending = this.#library.symbols.libusb_exit(this.#pointer);
    const limit = { call: "libusb_exit", ms: endMs, signal: this.#stop };
    await bounded(ending, limit).then(() => this.#library.close(), () => {});
  }

  /**
   * Closes at the end of the process, when nothing can be awaited: releases what no other thread
   * uses, and ends the session if nothing is left.
   */
  #closeNow(): void {
    if (this.#closing) return;
    for (const device of this.#devices) device.closeNow();
    const unused = this.#devices.size === 0 && this.#running.isIdle && !this.pump.isRunning;
    if (unused && !this.#lost) this.#library.symbols.exitNow(this.#pointer);
    this.#closing = Promise.resolve();
  }
}
