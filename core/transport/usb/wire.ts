import type { Clock } from "../../common/clock.ts";
import type { UsbDeviceModel } from "./model.ts";
import type { Transfer } from "./transfer.ts";
import { wireMs } from "./wire_time.ts";

/** What went through a socket since it was created. */
export interface SocketStatistics {
  readonly transfers: number;
  /** Data bytes in both directions, without SETUP packets. */
  readonly bytes: number;
  /** Time on the wire at the speed of the device, milliseconds, slept or not. */
  readonly wireMs: number;
}

/** Most time already passed that later transfers may use up, milliseconds. */
const MAX_CREDIT_MS = 20;

/** The cable of one socket: counts what goes through it and, given a clock, takes the wire time. */
export class Wire {
  #transfers = 0;
  #bytes = 0;
  #wireMs = 0;
  /**
   * Wire time not yet slept; negative if slept too long. The timers of a real clock are coarser
   * than most transfers: a single transfer is off by a millisecond, but the sum is right.
   */
  #debtMs = 0;
  /** Only one transfer at a time is on the wire, no matter how many the host has submitted. */
  #turn: Promise<void> = Promise.resolve();
  /** When the device accepted the last transfer to it. */
  #acceptedAt = 0;

  constructor(private readonly clock?: Clock) {}

  get statistics(): SocketStatistics {
    return { transfers: this.#transfers, bytes: this.#bytes, wireMs: this.#wireMs };
  }

  /**
   * Counts a transfer with `length` data bytes and waits as long as it takes.
   * @param isQueued it has waited for the one before: then it begins when that one was accepted,
   * however long the programs need until they get here
   */
  async carry(
    model: UsbDeviceModel,
    transfer: Transfer,
    length: number,
    signal: AbortSignal,
    isQueued = false,
  ): Promise<void> {
    const ms = wireMs(model, transfer, length);
    this.#transfers++;
    this.#bytes += length;
    this.#wireMs += ms;
    const { clock } = this;
    if (!clock) return;
    const passed = isQueued ? clock.now() - this.#acceptedAt : 0;
    const mine = this.#turn.then(() => this.#spend(clock, ms - passed, signal));
    this.#turn = mine.catch(() => {});
    await mine;
  }

  /** Notes that the device has accepted, or refused, a transfer to it. */
  accepted(): void {
    this.#acceptedAt = this.clock?.now() ?? 0;
  }

  async #spend(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
    const debt = this.#debtMs + ms;
    this.#debtMs = Math.min(0, Math.max(-MAX_CREDIT_MS, debt));
    if (debt <= 0) return;
    const start = clock.now();
    await clock.sleep(debt, signal);
    const late = clock.now() - start - debt;
    this.#debtMs = Math.max(-MAX_CREDIT_MS, this.#debtMs - late);
  }
}
