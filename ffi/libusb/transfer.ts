import { systemClock, throwIfAborted, whenAborted } from "../../core/common/clock.ts";
import { UnbrickError } from "../../core/common/errors.ts";
import { bounded } from "../native/bounded.ts";
import type { EventPump } from "./event_pump.ts";
import { TRANSFER } from "./layout.ts";
import type { Symbols } from "./symbols.ts";
import { text, type Words } from "../../core/common/text.ts";

/** enum libusb_transfer_type. */
export const CONTROL = 0, INTERRUPT = 3;

/** Not a libusb_transfer_status: the value until libusb writes one. */
const pending = -1;

/** How long, in ms, the system may take to end a transfer after its timeout or an abort. */
const graceMs = 1000;

/**
 * Transfers that the system never returned: their memory stays allocated, because it may still be
 * written to.
 */
const lost = new Set<Transfer>();

/** One transfer, without its buffer. */
export interface Submission {
  readonly handle: Deno.PointerObject;
  readonly type: typeof CONTROL | typeof INTERRUPT;
  readonly endpoint: number;
  /** Used bytes of `buffer`, including the 8 bytes of the SETUP packet. */
  readonly length: number;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** The device in words and its port, for the message about a call that hangs. */
  readonly subject: Words;
  readonly port: string;
  /** Called when the system has accepted the transfer. */
  readonly onAccepted?: () => void;
}

/** How a transfer ended: refused by libusb_submit_transfer, by its status, or not at all. */
export type Outcome =
  | { readonly code: number }
  | { readonly status: number; readonly actualLength: number }
  | "lost";

/** A libusb_transfer and its buffer; reused, with one submission at a time. */
export class Transfer {
  readonly #usb: Symbols;
  readonly #pump: EventPump;
  readonly #pointer: Deno.PointerObject;
  /** The libusb_transfer itself. */
  readonly #view: DataView;
  /** The handle that is written there. */
  #handle?: Deno.PointerObject;
  readonly #buffer: Uint8Array<ArrayBuffer>;
  #cancel?: () => void;

  /** @throws UnbrickError `driver` if there is no memory. */
  constructor(usb: Symbols, pump: EventPump, readonly capacity: number) {
    this.#usb = usb;
    this.#pump = pump;
    const pointer = usb.libusb_alloc_transfer(0);
    if (!pointer) throw new UnbrickError("driver", text`There is no memory for a USB transfer.`);
    this.#pointer = pointer;
    const memory = Deno.UnsafePointerView.getArrayBuffer(pointer, TRANSFER.size);
    this.#view = new DataView(memory);
    this.#buffer = new Uint8Array(new ArrayBuffer(capacity));
    TRANSFER.write(new Uint8Array(memory), 0, {
      dev_handle: 0n,
      flags: 0,
      endpoint: 0,
      type: CONTROL,
      timeout: 0,
      status: pending,
      length: 0,
      actual_length: 0,
      callback: 0n, // the status shows completion
      user_data: 0n,
      buffer: Deno.UnsafePointer.value(Deno.UnsafePointer.of(this.#buffer)),
      num_iso_packets: 0,
    });
  }

  /** True if the system never returned it. */
  get isLost(): boolean {
    return lost.has(this);
  }

  /** Data to send and received data. Must not be used between submission and outcome. */
  get buffer(): Uint8Array<ArrayBuffer> {
    return this.#buffer;
  }

  /**
   * Submits the transfer and waits until the system has returned it. An abort, or `cancel`, unlinks
   * it; the outcome is then the status CANCELLED, unless it was already finished.
   * @throws UnbrickError `timeout` if the system does not even accept it
   */
  async run(submission: Submission): Promise<Outcome> {
    const { signal, timeoutMs, subject, port } = submission;
    throwIfAborted(signal);
    this.#fill(submission);
    /** Set after the first round in which it does not end: most transfers need no clock. */
    let limit: number | undefined;
    let ended = false, submitted = false, unwanted = false;
    let cancelling: Promise<unknown> | undefined;
    const cancel = () => {
      if (!unwanted) limit = Math.min(limit ?? Infinity, systemClock.now() + graceMs);
      unwanted = true;
      if (!submitted || cancelling) return;
      const call = this.#usb.libusb_cancel_transfer(this.#pointer);
      const about = { call: "libusb_cancel_transfer", subject, port };
      cancelling = bounded(call, { ...about, ms: graceMs });
      cancelling.catch(() => {});
    };
    this.#cancel = cancel;
    const forget = whenAborted(signal, cancel);
    const isLate = (now: number) => now > (limit ??= now + timeoutMs + graceMs);
    const look = (now?: () => number) => {
      ended = this.#status !== pending;
      return ended || now !== undefined && isLate(now());
    };
    try {
      const code = await this.#submit(submission);
      if (code !== 0) return { code };
      submitted = true;
      submission.onAccepted?.();
      if (unwanted) cancel();
      await this.#pump.come(look, () => isLate(systemClock.now()));
      forget();
      this.#cancel = undefined; // a call that began after the next line would not be waited for
      await cancelling; // until then libusb still uses the transfer
    } catch (error) {
      lost.add(this);
      throw error;
    } finally {
      this.#cancel = undefined;
      forget();
    }
    if (!ended) {
      lost.add(this);
      return "lost";
    }
    const actualLength = this.#view.getInt32(TRANSFER.offsets.actual_length, true);
    return { status: this.#status, actualLength };
  }

  /** Ends the running submission, if there is one. */
  cancel(): void {
    this.#cancel?.();
  }

  /** Frees the memory, except of a transfer that the system never returned. */
  free(): void {
    if (!lost.has(this)) this.#usb.libusb_free_transfer(this.#pointer);
  }

  #submit({ timeoutMs, subject, port, signal }: Submission): Promise<number> {
    const submitting = this.#usb.libusb_submit_transfer(this.#pointer);
    const call = "libusb_submit_transfer", ms = timeoutMs + graceMs;
    return bounded(submitting, { call, ms, subject, port, signal }, this.#pump.timers);
  }

  /** Read very often, so without decoding the other fields. */
  get #status(): number {
    return this.#view.getInt32(TRANSFER.offsets.status, true);
  }

  #fill({ handle, endpoint, type, timeoutMs, length }: Submission): void {
    const { offsets } = TRANSFER, view = this.#view;
    if (handle !== this.#handle) {
      this.#handle = handle;
      view.setBigUint64(offsets.dev_handle, Deno.UnsafePointer.value(handle), true);
    }
    view.setUint8(offsets.endpoint, endpoint);
    view.setUint8(offsets.type, type);
    view.setUint32(offsets.timeout, Math.max(1, Math.ceil(timeoutMs)), true);
    view.setInt32(offsets.status, pending, true);
    view.setInt32(offsets.length, length, true);
    view.setInt32(offsets.actual_length, 0, true);
  }
}
