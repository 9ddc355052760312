import type { Clock } from "../../../common/clock.ts";
import { isKind, UnbrickError } from "../../../common/errors.ts";
import type { UsbDevice } from "../../../transport/usb/device.ts";
import { deviceError, impossibleState, tooLong } from "./device_error.ts";
import type { DfuInterface } from "./dfu_interface.ts";
import { SHORTEST_POLL_MS, toIdle } from "./recovery.ts";
import { refusalOf } from "./refusal.ts";
import { DfuRequest, DfuState, DfuStatus, TO_DEVICE, TO_HOST } from "../packets/request.ts";
import { StatusRecord } from "../packets/status_record.ts";
import { text, type Words } from "../../../common/text.ts";

/** Data stage limit of Linux and Windows hosts, bytes (dfu-dfuse.md D6). */
const HOST_LIMIT = 4096;
/** Deadline of requests that the device answers at once. */
const TRANSFER_MS = 5000;
/** Least time for the last GETSTATUS before a deadline. */
const LAST_POLL_MS = 500;
/** How often a GETSTATUS refused while busy is repeated (dfu-dfuse.md F6). */
const STALLED_POLLS = 3;

const NOTHING = new Uint8Array();

export interface DfuClientOptions {
  /** An open device with the interface claimed. */
  readonly device: UsbDevice;
  readonly clock: Clock;
  readonly dfu: DfuInterface;
  /**
   * `early`: ask for the result at once, which works if the device holds GETSTATUS while busy;
   * falls back to `strict` at the first STALL. `strict` (default): wait for bwPollTimeout, as DFU
   * 1.1 requires.
   */
  readonly polling?: "early" | "strict";
  /** Smaller blocks than wTransferSize, in bytes. */
  readonly blockSize?: number;
}

/** What the client waits for after a DNLOAD. */
export interface Pending {
  /** Completes "the camera could not …": "erase the sector at 0x08000000". */
  readonly what: Words;
  /** Longest time until the device is done, milliseconds. */
  readonly deadlineMs: number;
  /** States that mean "done"; default dfuDNLOAD-IDLE. */
  readonly done?: readonly number[];
  /** Give up after dfuDNBUSY for this long, milliseconds; default: the deadline. */
  readonly busyLimitMs?: number;
}

/**
 * The host side of DFU 1.1: requests, waiting, and recovery from any state that an interrupted
 * session left. A cancellation never interrupts a transfer, so the device is never left in the
 * middle of one.
 */
export class DfuClient {
  /** Bytes of one block. */
  readonly blockSize: number;
  readonly dfu: DfuInterface;
  readonly clock: Clock;
  readonly #device: UsbDevice;
  readonly #signal = new AbortController().signal;
  #early: boolean;
  #queues = true;

  /** @throws UnbrickError `protocol` if the device announces a transfer size of 0. */
  constructor(options: DfuClientOptions) {
    this.#device = options.device;
    this.clock = options.clock;
    this.dfu = options.dfu;
    this.#early = options.polling === "early";
    const { wTransferSize } = options.dfu.functional;
    if (wTransferSize === 0) {
      throw new UnbrickError(
        "protocol",
        text`The camera announces a DFU transfer size of 0 bytes.`,
      );
    }
    this.blockSize = Math.max(
      1,
      Math.min(wTransferSize, HOST_LIMIT, options.blockSize ?? HOST_LIMIT),
    );
  }

  /** True if the client waits for bwPollTimeout (requested, or after a refused early poll). */
  get strict(): boolean {
    return !this.#early;
  }

  /**
   * True if requests may be queued behind others. A device that refused one of several gets them
   * one at a time from then on.
   */
  get queues(): boolean {
    return this.#queues && this.#early;
  }

  /** SET_INTERFACE; sent once more if it is refused, which Linux reports as a failure of its own. */
  async setAlternate(alternate: number): Promise<void> {
    const select = () => this.#device.setAlternate(this.dfu.bInterfaceNumber, alternate);
    try {
      await select();
    } catch (error) {
      if (!isKind(error, "stalled", "driver")) throw error;
      await select();
    }
  }

  /**
   * Sends GETSTATUS, and again after an answer of fewer than 6 bytes.
   * @param queued answers to GETSTATUS that were asked for before; they are taken first
   * @throws UnbrickError `protocol` after two short answers.
   */
  async getStatus(
    timeoutMs = TRANSFER_MS,
    queued: Promise<Uint8Array>[] = [],
  ): Promise<StatusRecord> {
    const answer = () => queued.shift() ?? this.#in(DfuRequest.GETSTATUS, 0, 6, timeoutMs);
    const first = await answer();
    if (first.length === 6) return StatusRecord.decode(first);
    return StatusRecord.decode(await answer());
  }

  /**
   * Sends GETSTATE, which changes nothing in the device; undefined if the answer is not one byte.
   */
  async getState(): Promise<number | undefined> {
    try {
      return (await this.#in(DfuRequest.GETSTATE, 0, 1, TRANSFER_MS)).at(0);
    } catch (error) {
      if (isKind(error, "stalled")) return undefined;
      throw error;
    }
  }

  async abort(): Promise<void> {
    await this.#out(DfuRequest.ABORT, 0, NOTHING);
  }

  /**
   * Sends CLRSTATUS, which puts an ST device into dfuERROR if it is in another state (dfu-dfuse.md
   * B3).
   */
  async clearStatus(): Promise<void> {
    await this.#out(DfuRequest.CLRSTATUS, 0, NOTHING);
  }

  /**
   * Sends DETACH; a device that leaves the bus at once counts as an answer. Sent once more if it is
   * refused.
   */
  async detach(timeoutMs: number): Promise<void> {
    const detach = () => this.#out(DfuRequest.DETACH, timeoutMs, NOTHING);
    try {
      if (await refusalOf(detach())) await detach();
    } catch (error) {
      if (!isKind(error, "disconnected")) throw error;
    }
  }

  /**
   * Sends DNLOAD with 0 to `blockSize` bytes. The device only stores them: see `finish`. If it is
   * refused, it is sent once more, unless the device's state says that it has it, or that it takes
   * none (dfu-dfuse.md F6). GETSTATE changes nothing: what was stored before stays.
   */
  async download(wBlockNum: number, data: Uint8Array): Promise<void> {
    const refusal = await refusalOf(this.#out(DfuRequest.DNLOAD, wBlockNum, data));
    if (refusal) await this.#downloadAgain(refusal, wBlockNum, data);
  }

  async #downloadAgain(refusal: UnbrickError, wBlockNum: number, data: Uint8Array): Promise<void> {
    const { dfuIDLE, dfuDNLOAD_IDLE, dfuDNLOAD_SYNC, dfuMANIFEST_SYNC } = DfuState;
    const state = await this.getState();
    if (state === (data.length > 0 ? dfuDNLOAD_SYNC : dfuMANIFEST_SYNC)) return;
    if (state !== dfuIDLE && state !== dfuDNLOAD_IDLE) throw refusal;
    await this.#out(DfuRequest.DNLOAD, wBlockNum, data);
  }

  /** Sends UPLOAD for up to `length` bytes; fewer are not an error here. */
  async upload(wBlockNum: number, length: number): Promise<Uint8Array> {
    return await this.#in(DfuRequest.UPLOAD, wBlockNum, length, TRANSFER_MS);
  }

  /**
   * Sends UPLOADs for blocks in a row, all before the first answer, and waits for all. Returns the
   * blocks before the first one that was refused or shorter than asked for.
   */
  async uploadTogether(
    wBlockNum: number,
    lengths: readonly number[],
  ): Promise<readonly Uint8Array[]> {
    const results = await Promise.allSettled(
      lengths.map((length, index) => this.upload(wBlockNum + index, length)),
    );
    const blocks: Uint8Array[] = [];
    for (const [index, result] of results.entries()) {
      if (result.status === "rejected") {
        if (!isKind(result.reason, "stalled")) throw result.reason;
        break;
      }
      if (result.value.length !== lengths[index]) break;
      blocks.push(result.value);
    }
    if (blocks.length < lengths.length) this.#queues = false;
    return blocks;
  }

  /** UPLOAD; sent once more from dfuIDLE if it is refused. For devices without a read pointer. */
  async uploadOrRetry(wBlockNum: number, length: number): Promise<Uint8Array> {
    try {
      return await this.upload(wBlockNum, length);
    } catch (error) {
      if (!isKind(error, "stalled")) throw error;
      await this.toIdle();
      return await this.upload(wBlockNum, length);
    }
  }

  /**
   * Sends DNLOAD and waits until the device is done: `download`, then `finish`. A device that holds
   * GETSTATUS gets the requests at once, so that it never waits for the host. GETSTATUS is harmless
   * behind a DNLOAD that fails; nothing else is queued.
   */
  async execute(wBlockNum: number, data: Uint8Array, pending: Pending): Promise<StatusRecord> {
    const start = this.clock.now();
    if (!this.queues) {
      await this.download(wBlockNum, data);
      return await this.#finish(pending, this.clock.now(), []);
    }
    const sent = this.#out(DfuRequest.DNLOAD, wBlockNum, data);
    // The first answer says that the device is busy, the second one comes when it is done.
    const answers = [1, 2].map(() => this.#in(DfuRequest.GETSTATUS, 0, 6, pending.deadlineMs));
    await Promise.allSettled([sent, ...answers]);
    const refusal = await refusalOf(sent);
    if (refusal) {
      this.#queues = false;
      if (!await isAtWork(answers)) {
        await this.#downloadAgain(refusal, wBlockNum, data);
        return await this.finish(pending);
      }
    }
    return await this.#finish(pending, start, answers);
  }

  /**
   * Sends GETSTATUS after a DNLOAD until the device is done.
   * @throws UnbrickError `device-status` for dfuERROR, `protocol` for an impossible state,
   * `timeout` at the deadline, `stalled` if GETSTATUS is refused repeatedly.
   */
  async finish(pending: Pending): Promise<StatusRecord> {
    return await this.#finish(pending, this.clock.now(), []);
  }

  /** @param queued answers to GETSTATUS that come first; each is checked */
  async #finish(
    pending: Pending,
    start: number,
    queued: Promise<Uint8Array>[],
  ): Promise<StatusRecord> {
    const done = pending.done ?? [DfuState.dfuDNLOAD_IDLE];
    const left = () => Math.max(0, start + pending.deadlineMs - this.clock.now());
    let poll = 0, stalls = 0, answers = 0, busySince = Infinity;
    for (;;) {
      let record: StatusRecord | undefined;
      try {
        record = await this.getStatus(Math.max(left(), LAST_POLL_MS), queued);
      } catch (error) {
        if (isKind(error, "timeout")) throw tooLong(pending, undefined, error);
        if (!isKind(error, "stalled") || ++stalls > STALLED_POLLS) throw error;
        this.#early = false;
      }
      if (record) {
        if (record.bState === DfuState.dfuERROR) throw deviceError(record, pending.what);
        if (record.bStatus !== DfuStatus.OK) throw impossibleState(record, pending.what);
        const isDone = done.includes(record.bState);
        if (!isDone && !isBusy(record.bState)) throw impossibleState(record, pending.what);
        answers++;
        if (queued.length > 0) continue;
        if (isDone) return record;
        poll = record.bwPollTimeout;
        busySince = Math.min(busySince, this.clock.now());
        const busyFor = this.clock.now() - busySince;
        if (left() === 0 || busyFor >= (pending.busyLimitMs ?? Infinity)) {
          throw tooLong(pending, record.bState);
        }
      } else if (queued.length === 0 && left() === 0) throw tooLong(pending, undefined);
      // The second GETSTATUS is the one that the device holds until it is done.
      if (queued.length > 0 || this.#early && answers === 1) continue;
      await this.clock.sleep(Math.min(Math.max(poll, SHORTEST_POLL_MS), left()));
    }
  }

  /**
   * Brings the device to dfuIDLE from any state that an earlier session left.
   * @throws UnbrickError `protocol` (not in DFU mode, or it does not become idle), `timeout`,
   * `cancelled`.
   */
  async toIdle(signal?: AbortSignal): Promise<void> {
    await toIdle(this, signal);
  }

  /**
   * Brings the device to dfuIDLE by an ABORT in any case: a bus reset leads there as well, and need
   * not make it forget what an earlier session had sent (stm32n6-serial-boot.md B.6).
   * @throws UnbrickError as `toIdle`.
   */
  async startAfresh(signal?: AbortSignal): Promise<void> {
    await this.toIdle(signal);
    if (await refusalOf(this.abort()) === undefined) return;
    await this.toIdle(signal);
    await this.abort();
  }

  async #in(
    bRequest: number,
    wValue: number,
    length: number,
    timeoutMs: number,
  ): Promise<Uint8Array> {
    return await this.#device.controlIn(
      { bmRequestType: TO_HOST, bRequest, wValue, wIndex: this.dfu.bInterfaceNumber },
      length,
      { timeoutMs, signal: this.#signal },
    );
  }

  async #out(bRequest: number, wValue: number, data: Uint8Array): Promise<void> {
    await this.#device.controlOut(
      { bmRequestType: TO_DEVICE, bRequest, wValue, wIndex: this.dfu.bInterfaceNumber },
      data,
      { timeoutMs: TRANSFER_MS, signal: this.#signal },
    );
  }
}

/** True if the first readable answer says that the device is busy. */
async function isAtWork(answers: readonly Promise<Uint8Array>[]): Promise<boolean> {
  for (const answer of answers) {
    const bytes = await answer.catch(() => undefined);
    if (bytes?.length === 6) return isBusy(StatusRecord.decode(bytes).bState);
  }
  return false;
}

function isBusy(state: number): boolean {
  return state === DfuState.dfuDNBUSY || state === DfuState.dfuDNLOAD_SYNC ||
    state === DfuState.dfuMANIFEST_SYNC || state === DfuState.dfuMANIFEST;
}
