import { type Clock, throwIfAborted } from "../../../common/clock.ts";
import { isKind, UnbrickError } from "../../../common/errors.ts";
import {
  type TransferOptions,
  transfersTogether,
  type UsbDevice,
} from "../../../transport/usb/device.ts";
import type { DfuInterface } from "./dfu_interface.ts";
import { isDone, type Pending, tooLong } from "./pending.ts";
import {
  DfuRequest,
  DfuState,
  DfuStatus,
  stateName,
  TO_DEVICE,
  TO_HOST,
} from "../packets/request.ts";
import { StatusRecord } from "../packets/status_record.ts";
import { text } from "../../../common/text.ts";

/** Data stage limit of Linux and Windows hosts, bytes (dfu-dfuse.md D6). */
const HOST_LIMIT = 4096;
/** Deadline of requests that the device answers at once. */
const TRANSFER_MS = 5000;
/** Pause between polls of a device whose bwPollTimeout is 0. */
const SHORTEST_POLL_MS = 2;
/** Least time for the last GETSTATUS before a deadline. */
const LAST_POLL_MS = 500;
/** How often a GETSTATUS refused while busy is repeated (dfu-dfuse.md F6). */
const STALLED_POLLS = 3;
/** Longest time that an earlier session's erase or write may still take. */
const RECOVERY_MS = 10_000;
/** Pause after a GETSTATUS that was refused. */
const REFUSED_POLL_MS = 200;
/** Most CLRSTATUS and ABORT requests in toIdle. */
const RECOVERY_REQUESTS = 6;

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

/** How the device answered a DNLOAD and the two GETSTATUS behind it. */
export interface SentAhead {
  /** False if it refused the DNLOAD. */
  readonly wasAccepted: boolean;
  /** Whether it was done, in order; undefined where it refused to say, or sent fewer than 6 bytes. */
  readonly wasDone: readonly (boolean | undefined)[];
  /** The longest time in its answers, milliseconds. */
  readonly bwPollTimeout: number;
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
  readonly #options = { timeoutMs: TRANSFER_MS, signal: this.#signal };
  #early: boolean;

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

  /** How many requests may be under way together: they reach the device in their order. */
  get requestsTogether(): number {
    return transfersTogether(this.#device);
  }

  /** True if `sendAhead` may be used: nothing is refused that comes while the device is busy. */
  get sendsAhead(): boolean {
    return this.#early && this.requestsTogether > 1;
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
   * @throws UnbrickError `protocol` after two short answers.
   */
  async getStatus(timeoutMs = TRANSFER_MS): Promise<StatusRecord> {
    const options = { timeoutMs, signal: this.#signal };
    const first = await this.#in(DfuRequest.GETSTATUS, 0, 6, options);
    if (first.length === 6) return StatusRecord.decode(first);
    return StatusRecord.decode(await this.#in(DfuRequest.GETSTATUS, 0, 6, options));
  }

  /**
   * Sends GETSTATE, which changes nothing in the device; undefined if the answer is not one byte.
   */
  async getState(): Promise<number | undefined> {
    return (await unlessRefused(this.#in(DfuRequest.GETSTATE, 0, 1)))?.at(0);
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
    try {
      await this.#out(DfuRequest.DNLOAD, wBlockNum, data);
    } catch (error) {
      if (!isKind(error, "stalled")) throw error;
      const { dfuIDLE, dfuDNLOAD_IDLE, dfuDNLOAD_SYNC, dfuMANIFEST_SYNC } = DfuState;
      const state = await this.getState();
      if (state === (data.length > 0 ? dfuDNLOAD_SYNC : dfuMANIFEST_SYNC)) return;
      if (state !== dfuIDLE && state !== dfuDNLOAD_IDLE) throw error;
      await this.#out(DfuRequest.DNLOAD, wBlockNum, data);
    }
  }

  /**
   * Sends DNLOAD and, without waiting, the two GETSTATUS of `finish`, so that more may be sent behind
   * them. Nothing is repeated. Call it only if `sendsAhead` is true.
   * @param signal ends the requests, which the device may then have done or not
   * @throws UnbrickError `device-status`, `protocol`, `timeout`, `disconnected`, once none of the three
   * is under way any more.
   */
  async sendAhead(
    wBlockNum: number,
    data: Uint8Array,
    pending: Pending,
    signal: AbortSignal,
  ): Promise<SentAhead> {
    const options = { timeoutMs: pending.deadlineMs, signal };
    const ask = () => unlessRefused(this.#in(DfuRequest.GETSTATUS, 0, 6, options));
    const download = this.#out(DfuRequest.DNLOAD, wBlockNum, data, options).then(() => NOTHING);
    const requests = [unlessRefused(download), ask(), ask()];
    try {
      const [accepted, ...answers] = await Promise.all(requests);
      const records = answers.map((bytes) =>
        bytes?.length === 6 ? StatusRecord.decode(bytes) : undefined
      );
      return {
        wasAccepted: accepted !== undefined,
        wasDone: records.map((record) => record && isDone(record, pending)),
        bwPollTimeout: Math.max(...records.map((record) => record?.bwPollTimeout ?? 0)),
      };
    } catch (error) {
      await Promise.allSettled(requests);
      throw isKind(error, "timeout") ? tooLong(pending, undefined, error) : error;
    }
  }

  /** Sends UPLOAD for up to `length` bytes; fewer are not an error here. */
  upload(wBlockNum: number, length: number): Promise<Uint8Array> {
    return this.#in(DfuRequest.UPLOAD, wBlockNum, length);
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
   * Sends GETSTATUS after a DNLOAD until the device is done.
   * @throws UnbrickError `device-status` for dfuERROR, `protocol` for an impossible state,
   * `timeout` at the deadline, `stalled` if GETSTATUS is refused repeatedly.
   */
  async finish(pending: Pending): Promise<StatusRecord> {
    const { deadlineMs } = pending;
    let now = this.clock.now();
    const end = now + deadlineMs;
    let poll = 0, stalls = 0, answers = 0, busySince = Infinity;
    const ask = () => this.getStatus(Math.max(end - now, LAST_POLL_MS));
    const asked = [ask()];
    // The second GETSTATUS is the one that the device holds until it is done: it need not wait for the
    // first. A device that starts its program may leave the bus before it.
    if (this.sendsAhead && !pending.done) asked.push(ask());
    asked.forEach((answer) => answer.catch(() => {})); // they are awaited in their order
    try {
      for (;;) {
        let record: StatusRecord | undefined;
        try {
          record = await (asked.shift() ?? ask());
        } catch (error) {
          if (isKind(error, "timeout")) throw tooLong(pending, undefined, error);
          if (!isKind(error, "stalled") || ++stalls > STALLED_POLLS) throw error;
          this.#early = false;
        }
        if (record) {
          if (isDone(record, pending)) return record;
          poll = record.bwPollTimeout;
          answers++;
        }
        now = this.clock.now();
        if (record) busySince = Math.min(busySince, now);
        if (now >= end || record && now - busySince >= (pending.busyLimitMs ?? Infinity)) {
          throw tooLong(pending, record?.bState);
        }
        if (this.#early && answers === 1) continue;
        await this.clock.sleep(Math.min(Math.max(poll, SHORTEST_POLL_MS), end - now));
        now = this.clock.now();
      }
    } finally {
      await Promise.allSettled(asked);
    }
  }

  /**
   * Brings the device to dfuIDLE from any state that an earlier session left (dfu-dfuse.md B3):
   * CLRSTATUS only in dfuERROR, ABORT where it is known to help, waiting while the device is busy.
   * It starts with GETSTATE, because GETSTATUS would execute the last command of an interrupted
   * session.
   * @throws UnbrickError `protocol` (not in DFU mode, or it does not become idle), `timeout`,
   * `cancelled`.
   */
  async toIdle(signal?: AbortSignal): Promise<void> {
    const deadline = this.clock.now() + RECOVERY_MS;
    const { dfuDNLOAD_SYNC, dfuMANIFEST_SYNC, dfuDNLOAD_IDLE, dfuUPLOAD_IDLE } = DfuState;
    const abortable: number[] = [dfuDNLOAD_SYNC, dfuMANIFEST_SYNC, dfuDNLOAD_IDLE, dfuUPLOAD_IDLE];
    let refusal: unknown;
    for (let requests = 0; requests < RECOVERY_REQUESTS;) {
      if (signal) throwIfAborted(signal);
      const state = await this.getState();
      if (state !== undefined && abortable.includes(state)) {
        requests++;
        refusal = await refusalOf(this.abort());
        continue;
      }
      const left = deadline - this.clock.now();
      const record = await this.#statusUnlessBusy(left);
      if (record.bState === DfuState.dfuIDLE) return;
      if (record.bState === DfuState.dfuERROR) {
        requests++;
        refusal = await refusalOf(this.clearStatus());
      } else if (abortable.includes(record.bState)) {
        requests++;
        refusal = await refusalOf(this.abort());
      } else if (record.bState === DfuState.dfuDNBUSY || record.bState === DfuState.dfuMANIFEST) {
        if (left <= 0) {
          const what = () => text`finish its earlier work`;
          throw tooLong({ what, deadlineMs: RECOVERY_MS }, record.bState);
        }
        const pause = Math.min(Math.max(record.bwPollTimeout, SHORTEST_POLL_MS), left);
        await this.clock.sleep(pause, signal);
      } else {
        throw new UnbrickError(
          "protocol",
          text`The camera is stuck in DFU state ${stateName(record.bState)}.`,
          { state: record.bState, stateName: String(stateName(record.bState)) },
        );
      }
    }
    throw refusal ?? new UnbrickError(
      "protocol",
      text`The camera does not return to the DFU state dfuIDLE.`,
    );
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

  /** Sends GETSTATUS until the deadline: a device that refuses it is busy (F0, L4). */
  async #statusUnlessBusy(left: number): Promise<StatusRecord> {
    try {
      return await this.getStatus();
    } catch (error) {
      if (!isKind(error, "stalled") || left <= 0) throw error;
      const { dfuDNBUSY: bState } = DfuState;
      return { bStatus: DfuStatus.OK, bwPollTimeout: REFUSED_POLL_MS, bState, iString: 0 };
    }
  }

  #in(
    bRequest: number,
    wValue: number,
    length: number,
    options: TransferOptions = this.#options,
  ): Promise<Uint8Array> {
    return this.#device.controlIn(
      { bmRequestType: TO_HOST, bRequest, wValue, wIndex: this.dfu.bInterfaceNumber },
      length,
      options,
    );
  }

  #out(
    bRequest: number,
    wValue: number,
    data: Uint8Array,
    options: TransferOptions = this.#options,
  ): Promise<void> {
    return this.#device.controlOut(
      { bmRequestType: TO_DEVICE, bRequest, wValue, wIndex: this.dfu.bInterfaceNumber },
      data,
      options,
    );
  }
}

/** The error of a request that the device refused, or undefined. */
async function refusalOf(request: Promise<void>): Promise<UnbrickError | undefined> {
  try {
    await request;
  } catch (error) {
    if (isKind(error, "stalled")) return error;
    throw error;
  }
}

/** The answer to a request, or undefined if the device refused it. */
async function unlessRefused<T>(request: Promise<T>): Promise<T | undefined> {
  try {
    return await request;
  } catch (error) {
    if (isKind(error, "stalled")) return undefined;
    throw error;
  }
}
