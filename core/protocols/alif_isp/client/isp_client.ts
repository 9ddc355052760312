import type { Clock } from "../../../common/clock.ts";
import { UnbrickError } from "../../../common/errors.ts";
import { byteCount, hex } from "../../../common/format.ts";
import type { SerialPort } from "../../../transport/serial/port.ts";
import { concat, textOf } from "../packets/bytes.ts";
import {
  Command,
  commandName,
  DATA_MARK,
  DATA_SIZE,
  DEFAULT_BAUD,
  Get,
} from "../packets/command.ts";
import { MRAM_LINE } from "../packets/memory_map.ts";
import { IspLink, type LinkOptions } from "./link.ts";
import {
  CpuRecord,
  type CpuStatus,
  type Enquiry,
  LogBufferInfo,
  MRAM_END,
  MRAM_ENTRY,
  type MramTable,
  MramTablePayload,
  parseCpuStatus,
  parseMramTable,
  parseRevision,
  parseTocInfoEntry,
  readEnquiry,
  type Revision,
  RevisionPayload,
  TOC_END,
  TOC_ENTRY,
  type TocInfoEntry,
} from "../packets/replies.ts";
import {
  BaudRate,
  BurnRequest,
  GetRequest,
  ReadRequest,
  SignedBurnRequest,
  VerifyRequest,
  WriteRequest,
} from "../packets/requests.ts";
import { text, type Words } from "../../../common/text.ts";

/** Most replies in a stream (alif-isp.md B.6). */
const MAX_STREAM = 64;
/** Time for SES to verify a certificate chain or complete an image. */
const VERIFY_MS = 10_000;
/** Time for SES to prepare its memory (alif-isp.md C.4: 20 s in the newer vendor tool). */
const BURN_MS = 20_000;
const MRAM_LIST_MS = 10_000;

/** Bytes of the shortest entry in a stream. */
const LEAST_ENTRY = MramTablePayload.size;

const ack = { reply: Command.ACK };
const data = { reply: Command.DATA_RESPONSE };

/**
 * The host side of the ISP protocol, one method for each command. Reads and other repeatable
 * commands are repeated if no valid answer arrives; DOWNLOAD_DATA never is, because frames have no
 * numbers. Every method throws UnbrickError: `device-status` (NAK, `data.code`), `timeout`,
 * `protocol`, `disconnected`, `cancelled`.
 */
export class IspClient {
  readonly link: IspLink;
  #baudRate: number;

  /** @param baudRate at which the port was opened. */
  constructor(options: LinkOptions & { readonly baudRate?: number }) {
    this.link = new IspLink(options);
    this.#baudRate = options.baudRate ?? DEFAULT_BAUD;
  }

  get port(): SerialPort {
    return this.link.port;
  }

  get clock(): Clock {
    return this.link.clock;
  }

  get baudRate(): number {
    return this.#baudRate;
  }

  /** Opens a session; repeats the command while the enclave boots. */
  async start(): Promise<void> {
    await this.link.ask(Command.START_ISP, { ...ack, what: "begin a session" });
  }

  async stop(): Promise<void> {
    await this.link.ask(Command.STOP_ISP, { ...ack, what: text`end the session` });
  }

  async revision(): Promise<Revision> {
    const accept = (payload: Uint8Array) => payload.length === RevisionPayload.size;
    return parseRevision(await this.#get(Get.REVISION, text`report its revision`, accept));
  }

  /** Returns which program answers, ROM or firmware, and its error. */
  async enquiry(): Promise<Enquiry> {
    const accept = (payload: Uint8Array) => readEnquiry(payload) !== undefined;
    const request = { ...data, what: text`identify itself`, accept };
    return readEnquiry((await this.link.ask(Command.ENQUIRY, request)).payload)!;
  }

  /** `SES B4 v1.104.0 …`. */
  async banner(): Promise<string> {
    return textOf(await this.#get(Get.BANNER, text`report its version`, isText));
  }

  async cpuStatus(): Promise<readonly CpuStatus[]> {
    const accept = (payload: Uint8Array) => payload.length % CpuRecord.size === 0;
    return parseCpuStatus(
      await this.#get(Get.CPU_STATUS, text`report the state of its processors`, accept),
    );
  }

  /** Returns what SES found in the tables at start, including the system's entries. */
  async tocInfo(): Promise<readonly TocInfoEntry[]> {
    const what = text`list its table of contents`;
    const replies = await this.#stream(Get.TOC_INFO, what, TOC_ENTRY, TOC_END);
    return replies.map(parseTocInfoEntry);
  }

  async mramTables(): Promise<readonly MramTable[]> {
    const what = text`list the tables in its memory`;
    const replies = await this.#stream(Get.MRAM_CONTENTS, what, MRAM_ENTRY, MRAM_END, MRAM_LIST_MS);
    return replies.map(parseMramTable);
  }

  /** Reads 16 bytes at an offset from the start of MRAM, a multiple of 16. */
  async readLine(offset: number, keepInput = false): Promise<Uint8Array> {
    const request = {
      ...data,
      what: text`read its memory at offset ${hex(offset)}`,
      payload: ReadRequest.encode({ offset, count: MRAM_LINE }),
      accept: (payload: Uint8Array) => payload.length === MRAM_LINE,
      keepInput,
    };
    const { payload } = keepInput
      ? await this.link.exchange(Command.MRAM_READ, request)
      : await this.link.ask(Command.MRAM_READ, request);
    return payload;
  }

  /** Writes 16 bytes at an offset from the start of MRAM; SEROM only. May be repeated. */
  async writeLine(offset: number, line: Uint8Array): Promise<void> {
    await this.link.ask(Command.MRAM_WRITE, {
      ...ack,
      what: text`write its memory at offset ${hex(offset)}`,
      payload: WriteRequest.encode({ offset, line }),
    });
  }

  /** Makes the enclave start no application after the next reset. */
  async setMaintenance(): Promise<void> {
    await this.link.ask(Command.SET_MAINTENANCE_FLAG, {
      ...ack,
      what: text`go into maintenance mode at the next start`,
    });
  }

  /** Resets the whole chip; the acknowledgement may be lost in the reset. */
  async reset(): Promise<void> {
    try {
      await this.link.exchange(Command.RESET_DEVICE, { ...ack, what: "reset" });
    } catch (error) {
      if (!(error instanceof UnbrickError) || error.kind !== "timeout") throw error;
    }
    await this.useBaudRate(DEFAULT_BAUD);
  }

  /** Begins an image; the address is the chip's own (0x80000000 up). */
  async burn(address: number, size: number, token?: number): Promise<void> {
    await this.link.exchange(Command.BURN_MRAM, {
      ...ack,
      what: text`accept an image of ${byteCount(size)} for ${hex(address)}`,
      payload: token === undefined
        ? BurnRequest.encode({ address, size })
        : SignedBurnRequest.encode({ address, size, token }),
      timeoutMs: BURN_MS,
    });
  }

  /**
   * Sends one piece of an image, at most 240 bytes. Its place depends only on the number of pieces
   * before it.
   */
  async data(bytes: Uint8Array): Promise<void> {
    if (bytes.length > DATA_SIZE) throw new RangeError(`${bytes.length} bytes in one frame`);
    await this.link.exchange(Command.DOWNLOAD_DATA, {
      ...ack,
      what: text`accept a block of the image`,
      payload: concat(Uint8Array.from(DATA_MARK), bytes),
      keepInput: true,
    });
  }

  /** Ends an image or a certificate. */
  async done(timeoutMs: number = VERIFY_MS): Promise<void> {
    const what = text`complete the image`;
    await this.link.exchange(Command.DOWNLOAD_DONE, { ...ack, what, timeoutMs, keepInput: true });
  }

  /** Begins a certificate chain that vouches for the image burnt with the same token. */
  async verify(token: number): Promise<void> {
    await this.link.exchange(Command.VERIFY_IMAGE, {
      ...ack,
      what: "check a signature",
      payload: VerifyRequest.encode({ token }),
    });
  }

  /**
   * Changes the enclave's rate (SET_BAUD_RATE), acknowledged at the old rate. The host follows with
   * `useBaudRate`.
   */
  async setBaudRate(baudRate: number): Promise<void> {
    await this.link.exchange(Command.SET_BAUD_RATE, {
      ...ack,
      what: text`use ${baudRate} baud`,
      payload: BaudRate.encode({ baudRate }),
    });
  }

  /** Changes the host's rate. @param settleMs silence afterwards, milliseconds */
  async useBaudRate(baudRate: number, settleMs = 0): Promise<void> {
    if (baudRate !== this.#baudRate) {
      await this.port.setBaudRate(baudRate);
      this.#baudRate = baudRate;
      if (settleMs > 0) await this.clock.sleep(settleMs, this.link.signal);
    }
    await this.link.discard();
  }

  /** Returns the text in the ring buffer of boot messages (alif-isp.md B.6). */
  async log(): Promise<string> {
    const info = await this.#get(Get.LOG_BUFFER_INFO, text`report the size of its log`);
    if (!LogBufferInfo.tryDecode(info)?.length) return "";
    await this.link.discard();
    await this.link.send(Command.GET, GetRequest.encode({ object: Get.LOG_DATA }));
    let log = "";
    for (let count = 0; count < MAX_STREAM; count++) {
      try {
        const frame = await this.link.receive({ what: text`send its log` });
        if (frame.command !== Command.DATA_RESPONSE) break;
        log += new TextDecoder("latin1").decode(frame.payload);
      } catch (error) {
        if (log === "") throw error;
        break;
      }
    }
    return log.split("\0").filter(Boolean).map((line) => line.replace(/^\d/, "")).join("\n");
  }

  async #get(
    object: number,
    what: Words,
    accept?: (payload: Uint8Array) => boolean,
  ): Promise<Uint8Array> {
    const request = {
      ...data,
      what,
      payload: GetRequest.encode({ object }),
      ...(accept && { accept }),
    };
    return (await this.link.ask(Command.GET, request)).payload;
  }

  async #stream(
    object: number,
    what: Words,
    more: number,
    end: number,
    timeoutMs?: number,
  ): Promise<Uint8Array[]> {
    const request = {
      ...data,
      what,
      payload: GetRequest.encode({ object }),
      ...(timeoutMs && { timeoutMs }),
    };
    const replies: Uint8Array[] = [];
    const accept = ([kind]: Uint8Array) => kind === more || kind === end;
    let { payload } = await this.link.ask(Command.GET, { ...request, accept });
    while (payload[0] === more && replies.length < MAX_STREAM) {
      replies.push(payload);
      ({ payload } = await this.link.receive(request));
    }
    // It is not documented whether the last reply contains an entry.
    if (payload[0] === end) return payload.length >= LEAST_ENTRY ? [...replies, payload] : replies;
    throw new UnbrickError(
      "protocol",
      text`The Secure Enclave did not finish its answer to the request to ${what}.`,
      { what: String(what), command: commandName(Command.GET), byte: payload[0] ?? null },
    );
  }
}

/** Returns true for printable text with its NUL. */
function isText(payload: Uint8Array): boolean {
  const end = payload.indexOf(0);
  const text = end < 0 ? payload : payload.subarray(0, end);
  return text.length > 0 && text.every((byte) => byte >= 0x20 && byte < 0x7F);
}
