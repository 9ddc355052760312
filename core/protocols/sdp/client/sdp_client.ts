import { DataPhase } from "../../../common/data_phase.ts";
import { isKind, UnbrickError } from "../../../common/errors.ts";
import { byteCount, hex } from "../../../common/format.ts";
import { transfersTogether, type UsbDevice } from "../../../transport/usb/device.ts";
import { type CommandName, encodeCommand, type SdpCommand } from "../packets/command.ts";
import {
  encodeReport,
  Report,
  reportPayload,
  SDP_ENDPOINT_IN,
  SDP_INTERFACE,
  SET_REPORT,
} from "../packets/report.ts";
import {
  habEventOf,
  type HabMode,
  habModeOf,
  isAcknowledged,
  OK_ACK,
  Word,
  WRITE_COMPLETE,
  WRITE_FILE_COMPLETE,
} from "../packets/words.ts";
import { text } from "../../../common/text.ts";

/** Deadlines in milliseconds (imxrt-sdp-flashloader.md A7). */
const OUT_MS = 2_000, IN_MS = 5_000, JUMP_MS = 10_000;
/**
 * Silence after which no answer waits in the ROM, milliseconds: an answer comes within a polling
 * interval.
 */
const DRAIN_MS = 20;
/** A whole number of packets, more than the longest IN report (65 bytes). */
const IN_LENGTH = 128;
/** Most reports that another program left: one command leaves at most a register read of 4 KiB. */
const MAX_DRAINED = 70;

export interface SdpOptions {
  readonly signal: AbortSignal;
  /** Replaces the deadline of every transfer, milliseconds. */
  readonly timeoutMs?: number;
}

/** The ROM's answer to a command: its HAB mode and the first status word. */
export interface SdpStatus {
  readonly habMode: HabMode;
  /** Report 4 as a little-endian word. */
  readonly word: number;
}

/**
 * The host side of the Serial Download Protocol (imxrt-sdp-flashloader.md A). Every method throws
 * UnbrickError `timeout`, `disconnected`, `stalled`, `protocol` (an invalid answer) or
 * `device-status` (the ROM refused; data: status, reason, context).
 */
export class SdpClient {
  private constructor(private readonly device: UsbDevice, private readonly options: SdpOptions) {}

  /** Claims the HID interface and discards unread answers (A8). */
  static async open(device: UsbDevice, options: SdpOptions): Promise<SdpClient> {
    await device.claim(SDP_INTERFACE);
    const { signal } = options;
    for (let drained = 0; drained < MAX_DRAINED; drained++) {
      try {
        await device.interruptIn(SDP_ENDPOINT_IN, IN_LENGTH, { timeoutMs: DRAIN_MS, signal });
      } catch (error) {
        if (isKind(error, "timeout")) break;
        throw error;
      }
    }
    return new SdpClient(device, options);
  }

  /**
   * Sends ERROR_STATUS, which is harmless and reports the HAB mode. A ROM that waits for the rest
   * of an interrupted file does not answer it.
   */
  async errorStatus(timeoutMs?: number): Promise<SdpStatus> {
    await this.#send("ERROR_STATUS");
    return await this.#status("error-status", timeoutMs);
  }

  /**
   * Reads `count` bytes in memory order (READ_REGISTER).
   * @param format Width of each access in bits.
   */
  async readRegister(
    address: number,
    count: number,
    format: 8 | 16 | 32 = 32,
  ): Promise<Uint8Array> {
    const what = `read-register ${hex(address)}`;
    await this.#send("READ_REGISTER", { address, format, count });
    await this.#habMode(what);
    const bytes = new Uint8Array(count);
    for (let at = 0; at < count; at += reportPayload[Report.STATUS]) {
      const report = await this.#receive(Report.STATUS, what);
      bytes.set(report.subarray(0, count - at), at);
    }
    return bytes;
  }

  /**
   * Writes a register (WRITE_REGISTER). Always sends the count: without it, the ROM does not answer
   * (A8).
   */
  async writeRegister(
    address: number,
    value: number,
    format: 8 | 16 | 32 = 32,
  ): Promise<SdpStatus> {
    await this.#send("WRITE_REGISTER", { address, format, count: format / 8, data: value });
    return await this.#acknowledged(`write-register ${hex(address)}`, WRITE_COMPLETE);
  }

  /**
   * Writes `bytes` to RAM (WRITE_FILE). The last report is padded to 1024 bytes and the ROM stores
   * the padding, so the RAM must extend that far.
   */
  async writeFile(
    address: number,
    bytes: Uint8Array,
    onProgress?: (done: number) => void,
  ): Promise<SdpStatus> {
    await this.#send("WRITE_FILE", { address, count: bytes.length });
    await this.#sendData(bytes, onProgress);
    return await this.#acknowledged(`write-file ${hex(address)}`, WRITE_FILE_COMPLETE);
  }

  /** Sends device configuration data, at most 1024 bytes (DCD_WRITE). */
  async writeDcd(address: number, bytes: Uint8Array): Promise<SdpStatus> {
    await this.#send("DCD_WRITE", { address, count: bytes.length });
    await this.#sendData(bytes);
    return await this.#acknowledged(`dcd-file ${hex(address)}`, WRITE_COMPLETE);
  }

  /** Sends SKIP_DCD_HEADER. */
  async skipDcdHeader(): Promise<SdpStatus> {
    await this.#send("SKIP_DCD_HEADER");
    return await this.#acknowledged("skip-dcd-header", OK_ACK);
  }

  /**
   * Starts an image whose IVT is at `address` (JUMP_ADDRESS). Resolves when the ROM has left the
   * bus, or after ten seconds without an error: only the device that appears next shows whether the
   * program runs. The HAB mode is undefined if the ROM left before reporting it.
   * @throws UnbrickError `device-status` if the ROM refuses the image.
   */
  async jumpAddress(address: number): Promise<HabMode | undefined> {
    const what = `jump-address ${hex(address)}`;
    const deadline = this.options.timeoutMs ?? JUMP_MS;
    let habMode: HabMode | undefined;
    try {
      await this.#send("JUMP_ADDRESS", { address });
      let report = await this.#read(deadline);
      if (report[0] === Report.HAB_MODE) {
        habMode = this.#parseHabMode(report, what);
        report = await this.#read(deadline);
      }
      throw this.#refused(what, wordOf(report));
    } catch (error) {
      if (isKind(error, "disconnected", "stalled", "timeout")) return habMode;
      throw error;
    }
  }

  async #send(name: CommandName, fields?: Partial<Omit<SdpCommand, "code">>): Promise<void> {
    await this.#setReport(Report.COMMAND, encodeCommand(name, fields));
  }

  async #sendData(bytes: Uint8Array, onProgress?: (done: number) => void): Promise<void> {
    const reports = new DataPhase(bytes, {
      size: reportPayload[Report.DATA],
      most: transfersTogether(this.device),
      signal: this.options.signal,
      send: (payload, signal, ahead) => this.#setReport(Report.DATA, payload, signal, ahead),
    });
    try {
      for (let report = reports.next(); report; report = reports.next()) {
        await report.sent;
        onProgress?.(report.end);
      }
    } finally {
      await reports.ended();
    }
  }

  /** @param ahead how many reports are under way before this one */
  async #setReport(
    id: 1 | 2,
    payload: Uint8Array,
    signal = this.options.signal,
    ahead = 0,
  ): Promise<void> {
    const { bmRequestType, bRequest, type } = SET_REPORT;
    await this.device.controlOut(
      { bmRequestType, bRequest, wValue: type | id, wIndex: SDP_INTERFACE },
      encodeReport(id, payload),
      { timeoutMs: (this.options.timeoutMs ?? OUT_MS) * (ahead + 1), signal },
    );
  }

  async #acknowledged(what: string, expected: number): Promise<SdpStatus> {
    const status = await this.#status(what);
    if (!isAcknowledged(status.word, expected)) throw this.#refused(what, status.word);
    return status;
  }

  async #status(what: string, timeoutMs?: number): Promise<SdpStatus> {
    const habMode = await this.#habMode(what, timeoutMs);
    const report = await this.#receive(Report.STATUS, what);
    return { habMode, word: wordOf(report, 0) };
  }

  async #habMode(what: string, timeoutMs?: number): Promise<HabMode> {
    return this.#parseHabMode(await this.#readFor(what, timeoutMs), what);
  }

  #parseHabMode(report: Uint8Array, what: string): HabMode {
    const mode = report[0] === Report.HAB_MODE ? habModeOf(wordOf(report)) : undefined;
    if (mode) return mode;
    throw new UnbrickError(
      "protocol",
      text`The ROM answered ${what} with something that is not a security state.`,
      {
        command: String(what),
        reportId: report[0] ?? null,
        word: report.length >= 5 ? wordOf(report) : null,
      },
    );
  }

  /** Returns the payload of the next IN report, which must be `id`. */
  async #receive(id: number, what: string): Promise<Uint8Array> {
    const report = await this.#readFor(what);
    if (report[0] === id && report.length >= 1 + reportPayload[Report.STATUS]) {
      return report.subarray(1, 1 + reportPayload[Report.STATUS]);
    }
    throw new UnbrickError(
      "protocol",
      text`The ROM answered ${what} with an unexpected report (id ${report[0]}, ${
        byteCount(report.length)
      }).`,
      { command: what, reportId: report[0] ?? null, length: report.length },
    );
  }

  async #readFor(what: string, answerMs = IN_MS): Promise<Uint8Array> {
    const ms = this.options.timeoutMs ?? answerMs;
    try {
      return await this.#read(ms);
    } catch (error) {
      if (!isKind(error, "timeout")) throw error;
      throw new UnbrickError("timeout", text`The ROM did not answer ${what} within ${ms} ms.`, {
        command: String(what),
        milliseconds: ms,
      }, { cause: error });
    }
  }

  #read(timeoutMs: number): Promise<Uint8Array> {
    const { signal } = this.options;
    return this.device.interruptIn(SDP_ENDPOINT_IN, IN_LENGTH, { timeoutMs, signal });
  }

  #refused(what: string, word: number): UnbrickError {
    const { status, reason, context, engine } = habEventOf(word);
    const data = {
      command: String(what),
      word,
      status: String(status),
      reason: String(reason),
      context: String(context),
      engine: String(engine),
    };
    return new UnbrickError(
      "device-status",
      text`The ROM refused ${what}: ${status}, ${reason} (${context}).`,
      data,
    );
  }
}

/** Returns the word after the report id; 0 if the report is too short. */
function wordOf(report: Uint8Array, at = 1): number {
  return Word.tryDecode(report, at)?.word ?? 0;
}
