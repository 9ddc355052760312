import { abortError, systemClock } from "../../core/common/clock.ts";
import { type ErrorData, UnbrickError } from "../../core/common/errors.ts";
import { byteCount, hex } from "../../core/common/format.ts";
import type {
  ControlSetup,
  TransferOptions,
  UsbDevice,
  UsbDeviceInfo,
} from "../../core/transport/usb/device.ts";
import { SetupPacket, writeSetup } from "../../core/transport/usb/setup_packet.ts";
import { bounded, hanging } from "../native/bounded.ts";
import type { System } from "../native/mod.ts";
import { codeOfStatus, ERROR, libusbError, type Operation, STATUS } from "./codes.ts";
import type { Guard } from "./guard.ts";
import type { EventPump } from "./event_pump.ts";
import { describeDevice } from "./describe_device.ts";
import { InFlight } from "./in_flight.ts";
import type { Symbols } from "./symbols.ts";
import { CONTROL, INTERRUPT, type Outcome, type Submission, Transfer } from "./transfer.ts";
import { text, type Words } from "../../core/common/text.ts";

/**
 * Most bytes in the data stage of one control transfer: the limit of usbfs (Linux) and WinUSB
 * (Windows) (dfu-dfuse.md D6). macOS allows more, but the limit applies there too, so that all
 * systems agree.
 */
export const controlDataLimit = 4096;

/** What a device needs from its context. */
export interface DeviceHost {
  readonly usb: Symbols;
  readonly pump: EventPump;
  readonly system: System;
  /** Aborts when the work is stopped or the session closed: running calls are not waited for. */
  readonly signal: AbortSignal;
  /** Aborts when the work is stopped. */
  readonly stop: AbortSignal | undefined;
  readonly guard: Guard;
  /** Returns true if the device is still on the bus. */
  isPresent(): Promise<boolean>;
  /** Called when the handle is closed; `lost`: a call or a transfer never returned. */
  closed(device: LibusbDevice, lost: boolean): void;
}

/** How long calls may take, ms. The kernel allows 5 s for a request, and a reset sends several. */
const callMs = 6_000, resetMs = 15_000, closeMs = 2_000;

const CANCELLED = { status: STATUS.CANCELLED, actualLength: 0 };

/** An open device. Interfaces must be claimed before their endpoints, or class requests, are used. */
export class LibusbDevice implements UsbDevice {
  /** Windows' HID driver accepts only reports of full length (imxrt-sdp-flashloader.md E3). */
  readonly wholeReports: boolean;
  /** Linux keeps a queue for each endpoint; other systems are not known to (dfu-dfuse.md D6). */
  readonly keepsOrder: boolean;
  readonly #host: DeviceHost;
  readonly #handle: Deno.PointerObject;
  readonly #subject: Words;
  readonly #claimed = new Set<number>();
  readonly #idle: Transfer[] = [];
  readonly #flying = new Set<Transfer>();
  readonly #running = new InFlight();
  /** By endpoint: resolves when the next transfer may be submitted. */
  readonly #turns = new Map<number, Promise<void>>();
  #closing?: Promise<void>;
  /**
   * True if a thread is still inside libusb with this handle, or the system still has a transfer.
   */
  #isLost = false;
  /** A thread is still inside libusb with this handle: closing it would destroy the lock that it holds. */
  #isInUse = false;

  constructor(host: DeviceHost, handle: Deno.PointerObject, readonly info: UsbDeviceInfo) {
    this.#host = host;
    this.#handle = handle;
    this.#subject = describeDevice(info);
    this.wholeReports = host.system === "windows";
    this.keepsOrder = host.system === "linux";
    // Not supported on Windows, where there is nothing to detach.
    host.usb.libusb_set_auto_detach_kernel_driver(handle, 1);
  }

  claim(interfaceNumber: number): Promise<void> {
    return this.#use(async () => {
      await this.#host.guard.beforeClaim?.(this.info);
      const code = await this.#claim(interfaceNumber);
      this.#check(code, "claim", { interface: interfaceNumber });
      this.#claimed.add(interfaceNumber);
    });
  }

  release(interfaceNumber: number): Promise<void> {
    return this.#use(async () => {
      if (!this.#claimed.delete(interfaceNumber)) return;
      const code = await this.#release(interfaceNumber);
      this.#check(code, "release", { interface: interfaceNumber });
    });
  }

  setAlternate(interfaceNumber: number, alternateSetting: number): Promise<void> {
    return this.#use(async () => {
      const { usb } = this.#host;
      const handle = this.#handle;
      const code = await this.#call(
        "libusb_set_interface_alt_setting",
        usb.libusb_set_interface_alt_setting(handle, interfaceNumber, alternateSetting),
      );
      this.#check(code, "set alternate", {
        interface: interfaceNumber,
        alternate: alternateSetting,
      });
    });
  }

  /** @throws UnbrickError `bug` if more than `controlDataLimit` bytes are requested. */
  controlIn(setup: ControlSetup, length: number, options: TransferOptions): Promise<Uint8Array> {
    return this.#control({ ...setup, bmRequestType: setup.bmRequestType | 0x80 }, length, {
      options,
      take: (bytes) => bytes.slice(),
    });
  }

  /** @throws UnbrickError `bug` if `data` is longer than `controlDataLimit` bytes. */
  controlOut(setup: ControlSetup, data: Uint8Array, options: TransferOptions): Promise<void> {
    return this.#control({ ...setup, bmRequestType: setup.bmRequestType & 0x7f }, data.length, {
      options,
      data,
      take: (bytes) => this.#allSent(bytes.length, data.length),
    });
  }

  /** `length` should be a multiple of wMaxPacketSize: a device that sends more causes `protocol`. */
  interruptIn(endpoint: number, length: number, options: TransferOptions): Promise<Uint8Array> {
    const submission = { type: INTERRUPT, endpoint: endpoint | 0x80, length, ...options } as const;
    return this.#transfer(submission, () => ({ endpoint: hex(endpoint | 0x80, 2) }), {
      take: (buffer, actualLength) => buffer.slice(0, actualLength),
    });
  }

  interruptOut(endpoint: number, data: Uint8Array, options: TransferOptions): Promise<void> {
    const submission = { type: INTERRUPT, endpoint, length: data.length, ...options } as const;
    return this.#transfer(submission, () => ({ endpoint: hex(endpoint, 2) }), {
      fill: (buffer) => buffer.set(data),
      take: (_, actualLength) => this.#allSent(actualLength, data.length),
    });
  }

  reset(): Promise<void> {
    return this.#use(async () => {
      const { usb, system } = this.#host;
      const claimed = [...this.#claimed];
      // macOS re-enumerates the device, which must have no claims (dfu-dfuse.md D6).
      if (system === "darwin") {
        for (const number of claimed) await this.#release(number);
      }
      const resetting = usb.libusb_reset_device(this.#handle);
      this.#check(await this.#call("libusb_reset_device", resetting, resetMs), "reset");
      if (system === "darwin") {
        for (const number of claimed) this.#check(await this.#claim(number), "claim");
      }
    });
  }

  close(): Promise<void> {
    return this.#closing ??= this.#close();
  }

  /**
   * Closes without waiting, at the end of the process, unless another thread uses the handle: then
   * the kernel closes it after the process.
   */
  closeNow(): void {
    if (this.#closing || !this.#running.isIdle || this.#isLost) return;
    this.#closing = Promise.resolve();
    const { usb } = this.#host;
    for (const transfer of this.#idle.splice(0)) transfer.free();
    usb.closeNow(this.#handle);
    this.#host.closed(this, false);
  }

  async #close(): Promise<void> {
    for (const transfer of this.#flying) transfer.cancel();
    await this.#running.settled();
    const { stop } = this.#host;
    for (const number of this.#claimed) {
      if (!this.#isLost) await this.#release(number, closeMs, stop).catch(() => {});
    }
    this.#claimed.clear();
    for (const transfer of this.#idle.splice(0)) transfer.free();
    if (!this.#isInUse) await this.#closeHandle();
    this.#host.closed(this, this.#isLost);
  }

  async #closeHandle(): Promise<void> {
    const { usb, stop } = this.#host;
    const wasLost = this.#isLost;
    const closed = this.#call("libusb_close", usb.libusb_close(this.#handle), closeMs, stop)
      .catch(() => {});
    // With a transfer that the system does not give back, closing may hang as well.
    if (!wasLost) await closed;
  }

  #claim(interfaceNumber: number): Promise<number> {
    const call = this.#host.usb.libusb_claim_interface(this.#handle, interfaceNumber);
    return this.#call("libusb_claim_interface", call);
  }

  #release(
    interfaceNumber: number,
    ms = callMs,
    signal: AbortSignal | undefined = this.#host.signal,
  ): Promise<number> {
    const call = this.#host.usb.libusb_release_interface(this.#handle, interfaceNumber);
    return this.#call("libusb_release_interface", call, ms, signal);
  }

  /**
   * Returns the result of a call with this handle. @throws UnbrickError `timeout` if it does not
   * return
   */
  #call<T>(
    call: string,
    work: Promise<T>,
    ms = callMs,
    signal: AbortSignal | undefined = this.#host.signal,
  ): Promise<T> {
    const port = this.info.portPath;
    const lost = () => this.#isLost = this.#isInUse = true;
    return bounded(work, { call, ms, subject: this.#subject, port, signal, lost });
  }

  #control<T>(
    setup: ControlSetup,
    wLength: number,
    work: { options: TransferOptions; data?: Uint8Array; take: (bytes: Uint8Array) => T },
  ): Promise<T> {
    const data = () => ({
      bmRequestType: hex(setup.bmRequestType, 2),
      bRequest: setup.bRequest,
      wValue: setup.wValue,
      wIndex: setup.wIndex,
      wLength,
    });
    if (wLength > controlDataLimit) {
      const message =
        `A control transfer of ${wLength} bytes was asked for; operating systems move ` +
        `at most ${controlDataLimit}.`;
      return Promise.reject(new UnbrickError("bug", message, data()));
    }
    const submission = { type: CONTROL, endpoint: 0, length: SetupPacket.size + wLength } as const;
    return this.#transfer({ ...submission, ...work.options }, data, {
      fill: (buffer) => {
        const view = new DataView(buffer.buffer, buffer.byteOffset);
        writeSetup(view, 0, { ...setup, wLength });
        if (work.data) buffer.set(work.data, SetupPacket.size);
      },
      take: (buffer, actualLength) =>
        work.take(buffer.subarray(SetupPacket.size, SetupPacket.size + actualLength)),
    });
  }

  #transfer<T>(
    submission: Omit<Submission, "handle" | "subject" | "port" | "onAccepted">,
    data: () => ErrorData,
    work: {
      fill?: (buffer: Uint8Array) => void;
      take: (buffer: Uint8Array, actualLength: number) => T;
    },
  ): Promise<T> {
    return this.#use(async () => {
      const { endpoint } = submission;
      const turn = this.#turns.get(endpoint), next = Promise.withResolvers<void>();
      this.#turns.set(endpoint, next.promise);
      this.#host.pump.awaitSubmission(next.promise);
      const transfer = this.#transferFor(submission.length);
      this.#flying.add(transfer);
      let outcome: Outcome | undefined;
      try {
        work.fill?.(transfer.buffer);
        // The calls run on several threads, so one must be over before the next begins.
        await turn;
        outcome = this.#closing ? CANCELLED : await transfer.run({
          ...submission,
          handle: this.#handle,
          subject: this.#subject,
          port: this.info.portPath,
          onAccepted: next.resolve,
        });
        if (outcome !== "lost" && "status" in outcome && outcome.status === STATUS.COMPLETED) {
          return work.take(transfer.buffer, outcome.actualLength);
        }
      } finally {
        next.resolve();
        this.#flying.delete(transfer);
        if (transfer.isLost) this.#isLost = true;
        else this.#idle.push(transfer);
      }
      throw await this.#failure(outcome, submission, data());
    });
  }

  /** Returns a free transfer that is large enough. */
  #transferFor(length: number): Transfer {
    const index = this.#idle.findIndex((transfer) => transfer.capacity >= length);
    if (index >= 0) return this.#idle.splice(index, 1)[0];
    const { usb, pump } = this.#host;
    return new Transfer(usb, pump, Math.max(length, SetupPacket.size + controlDataLimit));
  }

  async #failure(
    outcome: Outcome,
    { signal, timeoutMs }: TransferOptions,
    data: ErrorData,
  ): Promise<UnbrickError> {
    if (outcome === "lost" || ("status" in outcome && outcome.status === STATUS.CANCELLED)) {
      if (signal.aborted) return abortError(signal);
      if (this.#closing) {
        return new UnbrickError(
          "cancelled",
          text`The transfer with ${this.#subject} was stopped.`,
          data,
        );
      }
    }
    if (outcome === "lost" && this.#host.pump.isHung) {
      const call = "libusb_handle_events_timeout_completed";
      return hanging({ call, ms: timeoutMs, subject: this.#subject, port: this.info.portPath });
    }
    const code = outcome === "lost"
      ? ERROR.TIMEOUT
      : "code" in outcome
      ? outcome.code
      : codeOfStatus(outcome.status);
    // When a device is unplugged, transfers fail before the system notices that it is gone.
    if (code === ERROR.IO && await this.#leaves()) {
      return this.#error(ERROR.NO_DEVICE, "transfer", data);
    }
    return this.#error(code, "transfer", code === ERROR.TIMEOUT ? { ...data, timeoutMs } : data);
  }

  /** Returns true if the device leaves the bus within 250 ms. */
  async #leaves(): Promise<boolean> {
    const end = systemClock.now() + 250;
    do {
      if (!await this.#host.isPresent()) return true;
      await this.#host.pump.round();
    } while (systemClock.now() < end);
    return false;
  }

  #allSent(sent: number, length: number): void {
    if (sent === length) return;
    throw new UnbrickError(
      "protocol",
      text`Only ${sent} of ${byteCount(length)} were accepted by ${this.#subject}.`,
      { sent, length },
    );
  }

  /** Runs work that needs the handle; `close` waits for it. */
  #use<T>(work: () => Promise<T>): Promise<T> {
    if (this.#closing) {
      return Promise.reject(
        new UnbrickError("bug", `unbrick used ${this.#subject} after it had closed it.`),
      );
    }
    return this.#running.track(work());
  }

  #check(code: number, operation: Operation, data: ErrorData = {}): void {
    if (code < 0) throw this.#error(code, operation, data);
  }

  #error(code: number, operation: Operation, data: ErrorData = {}): UnbrickError {
    const { system } = this.#host;
    return libusbError(code, { operation, subject: this.#subject, system, data });
  }
}
