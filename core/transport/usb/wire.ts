import type { Clock } from "../../common/clock.ts";
import type { UsbDeviceModel } from "./model.ts";
import type { Transfer } from "./transfer.ts";
import { wireMs } from "./wire_time.ts";

/** What went through a socket since it was made. */
export interface SocketStatistics {
  readonly transfers: number;
  /** Data bytes in both directions, without SETUP packets. */
  readonly bytes: number;
  /** Time on the wire at the speed of the device, milliseconds, slept or not. */
  readonly wireMs: number;
}

/** Time slept too long that later transfers may use up. */
const MAX_CREDIT_MS = 20;

/** The cable of one socket: counts what goes through and, given a clock, takes its wire time. */
export class Wire {
  #transfers = 0;
  #bytes = 0;
  #wireMs = 0;
  /**
   * Wire time not yet slept; negative if slept too long. The timers of a real clock are coarser than
   * most transfers: so single transfers are off by a millisecond, the sum is right.
   */
  #debtMs = 0;
  /** One transfer at a time is on the wire, however many the host has posted. */
  #turn: Promise<void> = Promise.resolve();

  constructor(private readonly clock?: Clock) {}

  get statistics(): SocketStatistics {
    return { transfers: this.#transfers, bytes: this.#bytes, wireMs: this.#wireMs };
  }

  /** Counts a transfer with `length` data bytes and sleeps for what it takes. */
  async carry(
    model: UsbDeviceModel,
    transfer: Transfer,
    length: number,
    signal: AbortSignal,
  ): Promise<void> {
    const ms = wireMs(model, transfer, length);
    this.#transfers++;
    this.#bytes += length;
    this.#wireMs += ms;
    const { clock } = this;
    if (!clock) return;
    const mine = this.#turn.then(() => this.#spend(clock, ms, signal));
    this.#turn = mine.catch(() => {});
    await mine;
  }

  async #spend(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
    const debt = this.#debtMs + ms;
    this.#debtMs = Math.min(0, debt);
    if (debt <= 0) return;
    const start = clock.now();
    await clock.sleep(debt, signal);
    const late = clock.now() - start - debt;
    this.#debtMs = Math.max(-MAX_CREDIT_MS, this.#debtMs - late);
  }
}
