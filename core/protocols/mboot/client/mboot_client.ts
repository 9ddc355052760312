import { type Clock, withDeadline } from "../../../common/clock.ts";
import { isKind, UnbrickError } from "../../../common/errors.ts";
import { hex } from "../../../common/format.ts";
import type { UsbDevice } from "../../../transport/usb/device.ts";
import {
  CommandTag,
  decodePacket,
  encodePacket,
  type Packet,
  ResponseTag,
} from "../packets/command.ts";
import { type ExternalMemory, externalMemoryOf, Property } from "../packets/property.ts";
import { MBOOT_INTERFACE, Report } from "../packets/report.ts";
import { ReportPipe } from "./report_pipe.ts";
import { Status } from "../packets/status.ts";
import { statusError } from "./status_error.ts";
import { text } from "../../../common/text.ts";

/** Deadlines in milliseconds (imxrt-sdp-flashloader.md B11). */
const ANSWER_MS = 5_000, CONFIGURE_MS = 10_000, DATA_END_MS = 10_000, RESET_MS = 2_000;
/** Deadline of the first answer of a session: a loader that is in sync answers within a few ms. */
const GREETING_MS = 1_000;
/** Erase: worst case of a 4 KiB sector (datasheet class, inferred), above a floor. */
const ERASE_FLOOR_MS = 5_000, ERASE_SECTOR_MS = 400, SECTOR = 4096;
/** A full erase of 16 MiB, 4096 sectors at the worst rate measured, doubled. */
const ERASE_ALL_MS = 600_000;
/** Silence after which the loader has nothing left to send, milliseconds. */
const QUIET_MS = 50, RESYNC_QUIET_MS = 100;
/** Most answers to older commands before the right one. */
const MAX_STALE = 8;

export interface MbootOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Replaces the deadline of every answer, milliseconds (blhost -t). */
  readonly timeoutMs?: number;
  /** True if the loader was just started and not used yet: nothing can be left over. */
  readonly isFresh?: boolean;
}

/**
 * Host side of NXP's MCU bootloader over HID reports: the RAM flashloader and the resident SBL of the
 * RT1062, 15A2:0073 (imxrt-sdp-flashloader.md B). Every method throws UnbrickError `device-status`
 * (any status but 0; data: status, statusName, command), `timeout`, `disconnected`, `stalled` or
 * `protocol`.
 */
export class MbootClient {
  readonly #pipe: ReportPipe;
  #version = 0;

  private constructor(device: UsbDevice, private readonly options: MbootOptions) {
    this.#pipe = new ReportPipe(device, options.signal);
  }

  /**
   * Claims the interface and synchronises with the loader, whatever an earlier host left unfinished
   * (B4): reads leftovers, asks for the version, and aborts an open data phase if the answer
   * belongs to another command.
   */
  static async connect(device: UsbDevice, options: MbootOptions): Promise<MbootClient> {
    await device.claim(MBOOT_INTERFACE);
    const client = new MbootClient(device, options);
    if (!options.isFresh) await client.#pipe.drain(QUIET_MS);
    if (!await client.#greet()) {
      await client.#resynchronise();
      if (!await client.#greet()) {
        throw new UnbrickError("protocol", text`The bootloader does not answer correctly.`);
      }
    }
    const [maxPayload] = await client.getProperty(Property.MAX_PACKET_SIZE);
    if (maxPayload) client.#pipe.maxPayload = maxPayload;
    return client;
  }

  /** Property 1, read at the start of the session. */
  get version(): number {
    return this.#version;
  }

  /** Returns the values of a property (get-property), one to six words. */
  async getProperty(property: number, memoryIdOrIndex = 0): Promise<readonly number[]> {
    const { status, values } = await this.tryProperty(property, memoryIdOrIndex);
    if (status !== Status.SUCCESS) throw statusError(`get-property ${property}`, status);
    return values;
  }

  /** Like getProperty, but returns a status as an answer. */
  async tryProperty(
    property: number,
    memoryIdOrIndex = 0,
  ): Promise<{ readonly status: number; readonly values: readonly number[] }> {
    const what = `get-property ${property}`;
    const answer = await this.#exchange(CommandTag.GET_PROPERTY, [property, memoryIdOrIndex], what);
    const [status = Status.FAIL, ...values] = answer.parameters;
    return { status, values };
  }

  /**
   * Returns property 25 of an external memory; undefined if it is not configured or not present.
   */
  async externalMemory(memoryId: number): Promise<ExternalMemory | undefined> {
    const answer = await this.tryProperty(Property.EXTERNAL_MEMORY_ATTRIBUTES, memoryId);
    return answer.status === Status.SUCCESS ? externalMemoryOf(answer.values) : undefined;
  }

  /** Fills memory with a 32-bit pattern (fill-memory); `length` in bytes. */
  async fillMemory(address: number, length: number, pattern: number): Promise<void> {
    const what = `fill-memory ${hex(address)}`;
    await this.#simple(CommandTag.FILL_MEMORY, [address, length, pattern], what, ANSWER_MS);
  }

  /** Configures a memory with the block at `address` (configure-memory). */
  async configureMemory(memoryId: number, address: number): Promise<void> {
    const what = `configure-memory ${memoryId}`;
    await this.#simple(CommandTag.CONFIGURE_MEMORY, [memoryId, address], what, CONFIGURE_MS);
  }

  /**
   * Erases a region (flash-erase-region). The loader rounds outwards to whole sectors: pass whole
   * ones.
   */
  async eraseRegion(address: number, length: number, memoryId = 0): Promise<void> {
    const deadline = ERASE_FLOOR_MS + ERASE_SECTOR_MS * Math.ceil(length / SECTOR);
    const what = `flash-erase-region ${hex(address)}`;
    const parameters = [address, length, memoryId];
    await this.#simple(CommandTag.FLASH_ERASE_REGION, parameters, what, deadline);
  }

  /** Erases all of one memory (flash-erase-all). */
  async eraseAll(memoryId: number): Promise<void> {
    const what = `flash-erase-all ${memoryId}`;
    await this.#simple(CommandTag.FLASH_ERASE_ALL, [memoryId], what, ERASE_ALL_MS);
  }

  /** Reads exactly `length` bytes (read-memory). */
  async readMemory(
    address: number,
    length: number,
    memoryId = 0,
    onProgress?: (done: number) => void,
  ): Promise<Uint8Array> {
    const what = `read-memory ${hex(address)}`;
    const parameters = [address, length, memoryId];
    const tag = CommandTag.READ_MEMORY;
    this.#check(await this.#exchange(tag, parameters, what), what);
    const dataMs = this.#deadline(ANSWER_MS);
    const bytes = new Uint8Array(length);
    const next = () => this.#told(what, dataMs, this.#pipe.receive(dataMs));
    let at = 0;
    while (at < length) {
      const { id, payload } = await next();
      // An empty report: the loader aborts, and its status follows. A command report is that
      // status.
      if (id !== Report.DATA_IN || payload.length === 0) {
        this.#check(decodePacket(payload) ?? await this.#response(tag, what, dataMs), what);
        throw cutShort(what, at, length);
      }
      bytes.set(payload.subarray(0, length - at), at);
      at += payload.length;
      onProgress?.(Math.min(at, length));
    }
    this.#check(await this.#response(tag, what, dataMs), what);
    return bytes;
  }

  /**
   * Writes memory (write-memory). The loader may end the data phase at any report; an IN transfer
   * is pending all the time, so that an abort is noticed at once and its status reported.
   */
  async writeMemory(
    address: number,
    bytes: Uint8Array,
    memoryId = 0,
    onProgress?: (done: number) => void,
  ): Promise<void> {
    const what = `write-memory ${hex(address)}`;
    const parameters = [address, bytes.length, memoryId];
    const opening = await this.#exchange(CommandTag.WRITE_MEMORY, parameters, what, {
      hasDataPhase: true,
    });
    this.#check(opening, what);
    const answer = this.#pipe.listen();
    const dataMs = this.#deadline(ANSWER_MS), endMs = this.#deadline(DATA_END_MS);
    const data = this.#pipe.dataPhase(bytes, dataMs);
    let done = 0;
    try {
      while (!answer.hasArrived) {
        const report = data.next();
        if (!report) break;
        if (!await this.#told(what, dataMs, answer.during(report.sent))) break;
        onProgress?.(done = report.end);
      }
      const end = withDeadline(
        this.options.clock,
        { ms: endMs, what: text`the answer to ${what}`, signal: this.options.signal },
        () => answer.report(),
      );
      const first = await this.#told(what, endMs, end);
      const packet = decodePacket(first.payload) ??
        await this.#response(CommandTag.WRITE_MEMORY, what, endMs);
      this.#check(packet, what);
      // A success status after an early end of the data phase means that not everything was stored.
      if (first.payload.length === 0 || !data.isStarted) throw cutShort(what, 0, bytes.length);
      await this.#told(what, dataMs, data.sent());
      if (done < bytes.length) onProgress?.(bytes.length);
    } finally {
      answer.stop();
      // Reports that the loader no longer accepts must be finished before the next command.
      await data.ended();
    }
  }

  /** Reads a fuse word, 0 to 63 (efuse-read-once). */
  async readOnce(index: number): Promise<number> {
    const what = `efuse-read-once ${index}`;
    const answer = await this.#exchange(CommandTag.FLASH_READ_ONCE, [index, 4], what);
    this.#check(answer, what);
    const [, count, word] = answer.parameters;
    if (count === 4 && word !== undefined) return word;
    throw new UnbrickError("protocol", text`The bootloader answered ${what} without a fuse word.`);
  }

  /**
   * Burns the bits that are 1 (efuse-program-once). Irreversible; never sent twice: after a lost
   * answer, read the word.
   */
  async programOnce(index: number, value: number): Promise<void> {
    const what = `efuse-program-once ${index}`;
    await this.#simple(CommandTag.FLASH_PROGRAM_ONCE, [index, 4, value], what, ANSWER_MS);
  }

  /** Resets the device, which leaves the bus; a missing answer is not an error (B6). */
  async reset(): Promise<void> {
    try {
      await this.#simple(CommandTag.RESET, [], "reset", RESET_MS);
    } catch (error) {
      if (!isKind(error, "timeout", "disconnected", "stalled")) throw error;
    }
  }

  async #simple(
    tag: number,
    parameters: readonly number[],
    what: string,
    answerMs: number,
  ): Promise<void> {
    this.#check(await this.#exchange(tag, parameters, what, { answerMs }), what);
  }

  #check(answer: Packet, what: string): void {
    const [status = Status.FAIL] = answer.parameters;
    if (status !== Status.SUCCESS) throw statusError(what, status);
  }

  async #exchange(
    tag: number,
    parameters: readonly number[],
    what: string,
    { hasDataPhase = false, answerMs = ANSWER_MS } = {},
  ): Promise<Packet> {
    const deadline = this.#deadline(answerMs);
    const packet = encodePacket(tag, parameters, hasDataPhase);
    const sendMs = this.#deadline(ANSWER_MS);
    await this.#told(what, sendMs, this.#pipe.send(Report.COMMAND_OUT, packet, sendMs));
    return await this.#response(tag, what, deadline);
  }

  /** Returns the answer to a command; skips answers to older commands (B3). */
  async #response(tag: number, what: string, deadlineMs: number): Promise<Packet> {
    for (let stale = 0; stale <= MAX_STALE; stale++) {
      const report = await this.#told(what, deadlineMs, this.#pipe.receive(deadlineMs));
      const packet = report.id === Report.COMMAND_IN ? decodePacket(report.payload) : undefined;
      if (packet && isAnswerTo(tag, packet)) return packet;
    }
    throw new UnbrickError("protocol", text`The bootloader never answered the command ${what}.`, {
      command: what,
    });
  }

  /** Asks for property 1 as the first command; returns false if the loader is out of sync. */
  async #greet(): Promise<boolean> {
    const packet = encodePacket(CommandTag.GET_PROPERTY, [Property.CURRENT_VERSION, 0]);
    try {
      await this.#pipe.send(Report.COMMAND_OUT, packet, GREETING_MS);
      const { id, payload } = await this.#pipe.receive(GREETING_MS);
      const answer = id === Report.COMMAND_IN ? decodePacket(payload) : undefined;
      if (answer?.tag !== ResponseTag.GET_PROPERTY || answer.parameters[0] !== 0) return false;
      this.#version = answer.parameters[1] ?? 0;
      return true;
    } catch (error) {
      if (isKind(error, "timeout", "protocol")) return false;
      throw error;
    }
  }

  async #resynchronise(): Promise<void> {
    await this.#pipe.drain(RESYNC_QUIET_MS);
    try {
      await this.#pipe.send(Report.COMMAND_OUT, new Uint8Array(), GREETING_MS);
    } catch (error) {
      if (!isKind(error, "timeout")) throw error;
    }
    await this.#pipe.drain(RESYNC_QUIET_MS);
  }

  #deadline(ms: number): number {
    return this.options.timeoutMs ?? ms;
  }

  /** Names the command when a transfer times out. */
  async #told<T>(what: string, ms: number, work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      if (!isKind(error, "timeout")) throw error;
      throw new UnbrickError(
        "timeout",
        text`The bootloader did not answer ${what} within ${ms} ms.`,
        {
          command: what,
          milliseconds: ms,
        },
        { cause: error },
      );
    }
  }
}

const specificResponse: Readonly<Record<number, number>> = {
  [CommandTag.GET_PROPERTY]: ResponseTag.GET_PROPERTY,
  [CommandTag.READ_MEMORY]: ResponseTag.READ_MEMORY,
  [CommandTag.FLASH_READ_ONCE]: ResponseTag.FLASH_READ_ONCE,
};

/**
 * Returns true if a response belongs to the command: a generic response names it, the others belong
 * to one command each.
 */
function isAnswerTo(tag: number, { tag: response, parameters }: Packet): boolean {
  if (response === ResponseTag.GENERIC) return parameters[1] === tag;
  return response === specificResponse[tag];
}

function cutShort(what: string, at: number, length: number): UnbrickError {
  return new UnbrickError(
    "protocol",
    text`The bootloader ended ${what} before all bytes were transferred, and reported success.`,
    { command: what, moved: at, length },
  );
}
