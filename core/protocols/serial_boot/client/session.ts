import { type Clock, throwIfAborted } from "../../../common/clock.ts";
import { DfuClient } from "../../dfu/client/dfu_client.ts";
import { findDfuInterfaces } from "../../dfu/client/dfu_interface.ts";
import { DfuState } from "../../dfu/packets/request.ts";
import { UnbrickError } from "../../../common/errors.ts";
import { hex } from "../../../common/format.ts";
import type { UsbDevice } from "../../../transport/usb/device.ts";
import { alternatesById } from "../packets/alternates.ts";
import {
  FORBIDDEN_IDS,
  GET_PHASE_LENGTH,
  parsePhase,
  PhaseId,
  type PhaseRecord,
} from "../packets/phase.ts";
import { text, type Words } from "../../../common/text.ts";

export interface SessionOptions {
  /** An open device; `start` claims its DFU interface. */
  readonly device: UsbDevice;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Names of the alternate settings by number. */
  readonly names: ReadonlyMap<number, string>;
  /** The largest block to send; the device may ask for smaller ones. */
  readonly blockSize?: number;
}

export interface DownloadOptions {
  /** Completes "the camera did not …": "accept the flash loader". */
  readonly what: Words;
  /** Returns the longest time for the block that begins at `offset`, milliseconds. */
  deadline(offset: number): number;
  /**
   * Called after each block with the bytes sent so far and the time for this block, milliseconds.
   */
  onBlock?(sent: number, ms: number): void;
}

/** bcdDFUVersion 0x011A makes blocks 0 and 1 commands (stm32n6-serial-boot.md E). */
const FIRST_BLOCK_DFUSE = 2;
const MANIFEST_MS = 5000;

/**
 * One DFU session with the ROM or OpenBootloader: alternate settings by phase id, downloads,
 * GetPhase. It cannot select the alternate settings of fuses and of the secure element.
 */
export class SerialBootSession {
  readonly #options: SessionOptions;
  readonly #client: DfuClient;
  readonly #alternates: ReadonlyMap<number, number>;

  private constructor(options: SessionOptions, client: DfuClient) {
    this.#options = options;
    this.#client = client;
    this.#alternates = alternatesById(options.names);
  }

  /**
   * Claims the interface, and has the device forget whatever an earlier session left.
   * @throws UnbrickError `protocol` if it has no DFU interface, and errors of the transport.
   */
  static async start(options: SessionOptions): Promise<SerialBootSession> {
    const { device, clock, signal, blockSize } = options;
    const dfu = findDfuInterfaces(device.info).find(({ mode }) => mode === "dfu");
    if (!dfu) throw new UnbrickError("protocol", text`The device has no DFU interface.`);
    await device.claim(dfu.bInterfaceNumber);
    const client = new DfuClient({ device, clock, dfu, polling: "early", blockSize });
    const session = new SerialBootSession(options, client);
    await client.startAfresh(signal);
    return session;
  }

  get blockSize(): number {
    return this.#client.blockSize;
  }

  get clock(): Clock {
    return this.#options.clock;
  }

  /** Returns true if the device has an alternate setting for the phase id that may be selected. */
  has(id: number): boolean {
    return this.#alternates.has(id);
  }

  /**
   * Asks for the phase: exactly one UPLOAD, for each one moves OpenBootloader on (B.6); once more if it
   * is refused.
   */
  async getPhase(): Promise<PhaseRecord> {
    throwIfAborted(this.#options.signal);
    await this.#select(PhaseId.COMMAND);
    const answer = await this.#client.uploadOrRetry(0, GET_PHASE_LENGTH);
    await this.#client.toIdle();
    return parsePhase(answer, GET_PHASE_LENGTH);
  }

  /**
   * Sends bytes to the alternate setting of a phase, block by block, without ending the download.
   */
  async download(id: number, bytes: Uint8Array, options: DownloadOptions): Promise<void> {
    await this.#select(id);
    const { clock, signal } = this.#options;
    for (let at = 0; at < bytes.length; at += this.blockSize) {
      throwIfAborted(signal);
      const block = bytes.subarray(at, at + this.blockSize);
      const start = clock.now();
      await this.#client.download(this.#number(at), block);
      await this.#client.finish({ what: () => options.what, deadlineMs: options.deadline(at) });
      options.onBlock?.(at + block.length, clock.now() - start);
    }
  }

  /** Ends a download of `length` bytes: empty DNLOAD, manifest, back to dfuIDLE. */
  async complete(length: number, what: Words): Promise<void> {
    const blocks = Math.ceil(length / this.blockSize) * this.blockSize;
    await this.#client.download(this.#number(blocks), new Uint8Array());
    const { dfuIDLE } = DfuState;
    await this.#client.finish({ what: () => what, deadlineMs: MANIFEST_MS, done: [dfuIDLE] });
  }

  async detach(): Promise<void> {
    await this.#client.detach(1000);
  }

  async toIdle(): Promise<void> {
    await this.#client.toIdle();
  }

  #number(offset: number): number {
    const first = this.#client.dfu.isDfuSe ? FIRST_BLOCK_DFUSE : 0;
    return first + offset / this.blockSize;
  }

  async #select(id: number): Promise<void> {
    if (FORBIDDEN_IDS.includes(id)) {
      throw new UnbrickError("bug", `The alternate ${hex(id, 2)} must never be selected.`, { id });
    }
    const alternate = this.#alternates.get(id);
    if (alternate === undefined) {
      throw new UnbrickError("protocol", text`The camera offers no partition ${hex(id, 2)}.`, {
        id,
      });
    }
    await this.#client.setAlternate(alternate);
  }
}
