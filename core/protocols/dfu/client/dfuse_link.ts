import { isFilledWith } from "../../../common/bytes.ts";
import { throwIfAborted } from "../../../common/clock.ts";
import { isKind, UnbrickError } from "../../../common/errors.ts";
import { byteCount, hex } from "../../../common/format.ts";
import type { DfuClient } from "./dfu_client.ts";
import type { Block } from "./dfuse_write_plan.ts";
import { type BlockVisitor, WRITE_MS, writeAhead, writing } from "./write_ahead.ts";
import { AddressCommand, DfuSeCommand } from "../packets/dfuse_command.ts";
import type { LayoutSector } from "../packets/layout.ts";
import { DfuState, DfuStatus } from "../packets/request.ts";
import { text, type Words } from "../../../common/text.ts";

/** wValue 0 is for commands and 1 is reserved. */
const FIRST_BLOCK = 2;
const LAST_BLOCK = 0xffff;
/** Sector erase: chips take up to 4 s (dfu-dfuse.md B7). */
const ERASE_MS = 10_000;
const ADDRESS_MS = 5000;
/** After dfuDNBUSY this long, the bug of H743 revision V is assumed (dfu-dfuse.md D1). */
const STUCK_ERASE_MS = 2000;
/** Read unprotect erases the whole flash: up to 32 s (dfu-dfuse.md D3). */
const UNPROTECT_MS = 60_000;

/**
 * DfuSe commands, one at a time, and blocks of data, several under way together where the device
 * allows: each is waited for until the device is done, a refused one is repeated once after recovery,
 * and errVENDOR becomes `protected`. The address pointer is set only when necessary, and the state is
 * requested only when it does not follow from the last answer.
 */
export class DfuSeLink {
  /** The device's address pointer and the direction of the data; undefined: must be set. */
  #run: { readonly base: number; readonly direction: "in" | "out" } | undefined;
  /** The state of the device; undefined: must be requested. */
  #state: number | undefined;
  /** Directions in which the device did not answer several requests under way together as expected. */
  readonly #alone = new Set<"in" | "out">();

  /** @param stuckEraseFrom first address whose erase may never end (see RomTraits). */
  constructor(readonly dfu: DfuClient, private readonly stuckEraseFrom = Infinity) {}

  /**
   * Ends a series of blocks: the device is in dfuIDLE. Its pointer stays, so that a read may start
   * there again.
   */
  async idle(signal?: AbortSignal): Promise<void> {
    if (signal) throwIfAborted(signal);
    const { dfuIDLE } = DfuState;
    const run = this.#run, state = this.#state;
    if (state === dfuIDLE) return;
    this.#run = this.#state = undefined;
    if (state !== undefined) {
      if (await this.#isIdleAfterAbort()) {
        this.#state = dfuIDLE;
        if (run?.direction === "in") this.#run = run;
        return;
      }
    }
    await this.dfu.toIdle(signal);
    this.#state = dfuIDLE;
  }

  async #isIdleAfterAbort(): Promise<boolean> {
    try {
      await this.dfu.abort();
      return (await this.dfu.getStatus()).bState === DfuState.dfuIDLE;
    } catch (error) {
      if (isKind(error, "stalled")) return false;
      throw error;
    }
  }

  async setAddress(address: number): Promise<void> {
    await this.#retry(() => this.#setAddress(address));
  }

  /** Erases one sector; the device does not report a write-protected one. */
  async eraseSector({ address, size }: LayoutSector): Promise<void> {
    const mayStick = address >= this.stuckEraseFrom;
    await this.#retry(async () => {
      try {
        const limit = mayStick ? STUCK_ERASE_MS : undefined;
        const verb = text`erase the sector at`;
        await this.#command(DfuSeCommand.ERASE, address, ERASE_MS, verb, limit);
      } catch (error) {
        if (!mayStick || !isKind(error, "timeout")) throw error;
        if (error.data.state !== DfuState.dfuDNBUSY) throw error;
        await this.#endStuckErase(address, size);
      }
    });
  }

  /**
   * Writes blocks of 1 to `blockSize` bytes each, in any order. Several are under way together if the
   * device holds what comes while it is busy; after an answer that is not the expected one, they are
   * sent one at a time from then on.
   * @param visit called before each block is waited for, and after it is written
   */
  async writeBlocks(
    blocks: readonly Block[],
    visit: BlockVisitor = {},
    signal?: AbortSignal,
  ): Promise<void> {
    const left = new Set(blocks);
    while (left.size > 0) {
      if (signal) throwIfAborted(signal);
      let wereTogether = false;
      await this.#retry(async () => {
        if (wereTogether) this.#alone.add("out"); // the second attempt
        wereTogether = !this.#alone.has("out") && this.dfu.sendsAhead;
        const [block] = left;
        visit.before?.(block);
        const wBlockNum = await this.#seek(block.address, "out");
        if (wereTogether) {
          this.#state = undefined;
          const numberOf = (one: Block) => this.#numberOf(one.address, "out");
          if (!await writeAhead(this.dfu, left, numberOf, visit, signal)) this.#alone.add("out");
          this.#state = DfuState.dfuDNLOAD_IDLE;
        } else {
          await this.#download(wBlockNum, block.bytes);
          await this.#finish(() => writing(block), WRITE_MS);
          left.delete(block);
          visit.after?.(block);
        }
      });
    }
  }

  /** Reads one block of 1 to `blockSize` bytes. @throws `protocol` if fewer arrive. */
  async readBlock(address: number, length: number): Promise<Uint8Array> {
    let block!: Uint8Array;
    await this.readBlocks(address, length, (bytes) => void (block = bytes), length);
    return block;
  }

  /**
   * Reads blocks that follow one another and passes them to `visit` until it stops it. The longer it
   * does not, the more UPLOADs are under way together; after a refused one of several, they are sent
   * one at a time from then on.
   * @throws `protocol` if fewer bytes arrive.
   */
  async readBlocks(
    address: number,
    length: number,
    visit: (block: Uint8Array, address: number) => "stop" | void,
    blockSize = this.dfu.blockSize,
  ): Promise<void> {
    const isOdd = blockSize !== this.dfu.dfu.functional.wTransferSize;
    let done = 0, isStopped = false;
    while (done < length && !isStopped) {
      let wereTogether = false;
      await this.#retry(async () => {
        if (wereTogether) this.#alone.add("in"); // the second attempt
        const isAlone = this.#alone.has("in") || isOdd || this.dfu.requestsTogether === 1;
        const end = isAlone ? Math.min(length, done + blockSize) : length;
        let next = done, wBlockNum = await this.#seek(address + done, "in");
        this.#state = undefined;
        const uploads: Promise<Uint8Array>[] = [];
        let isWell = false;
        try {
          for (let ahead = 1; done < end; ahead = Math.min(2 * ahead, this.dfu.requestsTogether)) {
            while (uploads.length < ahead && next < end && wBlockNum <= LAST_BLOCK) {
              const size = Math.min(blockSize, end - next);
              const upload = this.#upload(wBlockNum++, size, address + next);
              upload.catch(() => {}); // it is awaited below, perhaps after others
              uploads.push(upload);
              next += size;
            }
            wereTogether ||= uploads.length > 1;
            const upload = uploads.shift();
            if (!upload) break; // the pointer must be set again
            const block = await upload, at = address + done;
            done += block.length;
            isStopped = visit(block, at) === "stop";
            if (isStopped) break;
          }
        } finally {
          const ends = await Promise.allSettled(uploads);
          isWell = ends.every(({ status }) => status === "fulfilled");
        }
        if (isWell) this.#state = DfuState.dfuUPLOAD_IDLE;
      });
    }
  }

  async #upload(wBlockNum: number, length: number, address: number): Promise<Uint8Array> {
    const bytes = await this.dfu.upload(wBlockNum, length);
    if (bytes.length === length) return bytes;
    throw new UnbrickError(
      "protocol",
      text`unbrick asked for ${byteCount(length)} at ${hex(address)}, but the camera sent
        ${bytes.length}.`,
      { address, asked: length, sent: bytes.length },
    );
  }

  /** Returns the commands that the device lists, for example 00 21 41 92. From dfuIDLE. */
  async commands(): Promise<Uint8Array> {
    this.#state = undefined;
    const bytes = await this.dfu.upload(0, Math.min(this.dfu.blockSize, 64));
    await this.idle();
    return bytes;
  }

  /**
   * Sends an empty DNLOAD: the device starts the program at its pointer and leaves the bus, often
   * before it has answered. From dfuIDLE or dfuDNLOAD-IDLE.
   */
  async leave(): Promise<void> {
    this.#run = this.#state = undefined;
    const { dfuMANIFEST, dfuMANIFEST_SYNC, dfuMANIFEST_WAIT_RESET, dfuIDLE } = DfuState;
    try {
      await this.dfu.download(0, new Uint8Array());
    } catch (error) {
      if (isKind(error, "disconnected")) return;
      throw error;
    }
    try {
      await this.dfu.finish({
        what: () => text`start the program`,
        deadlineMs: ADDRESS_MS,
        done: [dfuMANIFEST, dfuMANIFEST_SYNC, dfuMANIFEST_WAIT_RESET, dfuIDLE],
      });
    } catch (error) {
      if (!isKind(error, "disconnected", "stalled", "timeout")) throw error;
    }
  }

  /** Sends read unprotect, which erases everything. Resolves when the device has left the bus. */
  async readUnprotect(): Promise<void> {
    this.#run = undefined;
    try {
      await this.#download(0, Uint8Array.of(DfuSeCommand.READ_UNPROTECT));
      await this.#finish(() => text`remove its read protection`, UNPROTECT_MS);
    } catch (error) {
      if (!isKind(error, "disconnected")) throw error;
    }
  }

  /** Moves the pointer to `address` if necessary, and returns the wValue of the block there. */
  async #seek(address: number, direction: "in" | "out"): Promise<number> {
    const wBlockNum = this.#numberOf(address, direction);
    if (wBlockNum !== undefined) return wBlockNum;
    await this.#setAddress(address);
    if (direction === "in") await this.#abort(); // no UPLOAD from dfuDNLOAD-IDLE
    this.#run = { base: address, direction };
    return FIRST_BLOCK;
  }

  /**
   * Returns the wValue of the block at `address`, or undefined if the pointer must be set first. The
   * device multiplies wValue by its own transfer size, whatever the size of the block (dfu-dfuse.md
   * B1).
   */
  #numberOf(address: number, direction: "in" | "out"): number | undefined {
    if (this.#run?.direction !== direction) return undefined;
    const { wTransferSize } = this.dfu.dfu.functional;
    const wBlockNum = FIRST_BLOCK + (address - this.#run.base) / wTransferSize;
    const isBlock = Number.isInteger(wBlockNum) && wBlockNum >= FIRST_BLOCK;
    return isBlock && wBlockNum <= LAST_BLOCK ? wBlockNum : undefined;
  }

  #setAddress(address: number): Promise<void> {
    return this.#command(DfuSeCommand.SET_ADDRESS, address, ADDRESS_MS, text`go to`);
  }

  async #command(
    code: number,
    address: number,
    deadlineMs: number,
    verb: Words,
    busyLimitMs?: number,
  ): Promise<void> {
    this.#run = undefined;
    // No DNLOAD from dfuUPLOAD-IDLE.
    if (this.#state === DfuState.dfuUPLOAD_IDLE) await this.#abort();
    await this.#download(0, AddressCommand.encode({ code, address }));
    await this.#finish(() => text`${verb} ${hex(address)}`, deadlineMs, busyLimitMs);
  }

  async #finish(what: () => Words, deadlineMs: number, busyLimitMs?: number): Promise<void> {
    await this.dfu.finish({ what, deadlineMs, busyLimitMs });
    this.#state = DfuState.dfuDNLOAD_IDLE;
  }

  async #download(wBlockNum: number, data: Uint8Array): Promise<void> {
    this.#state = undefined;
    await this.dfu.download(wBlockNum, data);
  }

  async #abort(): Promise<void> {
    this.#state = undefined;
    await this.dfu.abort();
    this.#state = DfuState.dfuIDLE;
  }

  /**
   * Ends a stuck erase: one CLRSTATUS brings the device to dfuERROR, two to dfuIDLE; then checks
   * that the sector is erased (dfu-dfuse.md D1).
   */
  async #endStuckErase(address: number, size: number): Promise<void> {
    await this.dfu.clearStatus();
    await this.idle();
    for (let at = address; at < address + size; at += this.dfu.blockSize) {
      const length = Math.min(this.dfu.blockSize, address + size - at);
      const bytes = await this.readBlock(at, length);
      if (isFilledWith(bytes, 0xff)) continue;
      throw new UnbrickError(
        "device-status",
        text`The camera never finished erasing the sector at ${hex(address)}, and it is not blank.`,
        { address, status: DfuStatus.errERASE, statusName: "errERASE" },
      );
    }
  }

  /** Repeats `work` once, after recovery, if the device refused a request or sent too little. */
  async #retry<T>(work: () => Promise<T>): Promise<T> {
    for (let isLast = false;; isLast = true) {
      try {
        return await work();
      } catch (thrown) {
        const error = await this.#reason(thrown);
        if (isLast || !isRefusal(error)) throw error;
      }
      await this.idle();
    }
  }

  /**
   * Finds out why a request was refused: under read protection the status is errVENDOR.
   * @returns the error to throw
   */
  async #reason(thrown: unknown): Promise<unknown> {
    this.#run = this.#state = undefined;
    if (isVendor(thrown)) return protectedError(thrown);
    if (!isKind(thrown, "stalled")) return thrown;
    try {
      const record = await this.dfu.getStatus();
      return record.bStatus === DfuStatus.errVENDOR ? protectedError(thrown) : thrown;
    } catch (error) {
      return error;
    }
  }
}

/** True if the device refused a request or sent too little. */
function isRefusal(error: unknown): boolean {
  return isKind(error, "stalled") || isShort(error) ||
    isKind(error, "device-status") && error.data.status === DfuStatus.errSTALLEDPKT;
}

function isShort(error: unknown): boolean {
  return isKind(error, "protocol") && error.data.asked !== undefined;
}

function isVendor(error: unknown): error is UnbrickError {
  return isKind(error, "device-status") && error.data.status === DfuStatus.errVENDOR;
}

function protectedError(cause: UnbrickError): UnbrickError {
  return new UnbrickError(
    "protected",
    text`The chip is protected against reading, erasing and writing.`,
    { status: DfuStatus.errVENDOR, statusName: "errVENDOR" },
    { cause },
  );
}
