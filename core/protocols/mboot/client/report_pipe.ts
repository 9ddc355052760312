import { isKind, UnbrickError } from "../../../common/errors.ts";
import { DataPhase } from "../../../common/data_phase.ts";
import { transfersTogether, type UsbDevice } from "../../../transport/usb/device.ts";
import {
  decodeReport,
  encodeReport,
  MBOOT_ENDPOINT_IN,
  MBOOT_ENDPOINT_OUT,
  Report,
  type ReportContent,
  ReportHead,
} from "../packets/report.ts";
import { text } from "../../../common/text.ts";

/** Payload of the RT1062 loaders, bytes; the loader's property 11 replaces it. */
const DEFAULT_PAYLOAD = 1012;
/** Most reports to discard: more than any loader can have queued. */
const MAX_DRAINED = 64;
/** Longer than any data phase: only its controller ends the IN transfer. */
const LISTEN_MS = 3_600_000;

/** Reports to and from the loader, with the peculiarities of packets and of Windows (B2). */
export class ReportPipe {
  /** Property 11: the most payload bytes in a report. */
  maxPayload = DEFAULT_PAYLOAD;
  readonly #packet: number;
  readonly #inLength: number;

  constructor(private readonly device: UsbDevice, private readonly signal: AbortSignal) {
    const endpoints = device.info.configurations.flatMap(({ interfaces }) => interfaces)
      .flatMap(({ endpoints }) => endpoints);
    const sizeOf = (address: number) =>
      endpoints.find((one) => one.bEndpointAddress === address)?.wMaxPacketSize ?? 64;
    this.#packet = sizeOf(MBOOT_ENDPOINT_OUT);
    // High speed: a report is exactly one packet, and only a read of that size ends with it. Full
    // speed: the last packet is short, so read whole packets with room to spare.
    const size = sizeOf(MBOOT_ENDPOINT_IN);
    this.#inLength = size > 64 ? size : 2048;
  }

  async send(
    id: number,
    payload: Uint8Array,
    timeoutMs: number,
    signal = this.signal,
  ): Promise<void> {
    const report = encodeReport(id, payload, this.#paddedSize(ReportHead.size + payload.length));
    const options = { timeoutMs, signal };
    await this.device.interruptOut(MBOOT_ENDPOINT_OUT, report, options);
  }

  /**
   * Prepares the data of a command. After an abort, the loader drops what is under way (B4).
   * @param timeoutMs how long the loader may take for each report
   */
  dataPhase(data: Uint8Array, timeoutMs: number): DataPhase {
    return new DataPhase(data, {
      size: this.maxPayload,
      most: transfersTogether(this.device),
      signal: this.signal,
      send: (payload, signal, ahead) =>
        this.send(Report.DATA_OUT, payload, timeoutMs * (ahead + 1), signal),
    });
  }

  async receive(timeoutMs: number, signal = this.signal): Promise<ReportContent> {
    const bytes = await this.device.interruptIn(MBOOT_ENDPOINT_IN, this.#inLength, {
      timeoutMs,
      signal,
    });
    const report = decodeReport(bytes);
    if (report) return report;
    throw new UnbrickError(
      "protocol",
      text`The bootloader sent a report that is shorter than it claims.`,
      {
        length: bytes.length,
      },
    );
  }

  /** Reads until the loader has been silent for `quietMs`. */
  async drain(quietMs: number): Promise<void> {
    for (let drained = 0; drained < MAX_DRAINED; drained++) {
      try {
        await this.receive(quietMs);
      } catch (error) {
        if (isKind(error, "timeout")) return;
        if (!isKind(error, "protocol")) throw error;
      }
    }
  }

  /** Starts an IN transfer that stays pending while data is sent. */
  listen(): Listener {
    return new Listener((signal) =>
      this.receive(LISTEN_MS, AbortSignal.any([this.signal, signal]))
    );
  }

  /**
   * Returns the size to which a report is padded. At full speed, after a report that ends with a full
   * packet and is not the longest one, the loader would wait for more; one more byte ends it. Windows
   * accepts only reports of full length.
   */
  #paddedSize(size: number): number {
    const full = ReportHead.size + this.maxPayload;
    if (size >= full) return size;
    if (this.device.wholeReports) return full;
    return size % this.#packet === 0 ? size + 1 : size;
  }
}

/** Waits for the report that ends a data phase, early or on time. */
export class Listener {
  readonly #stop = new AbortController();
  readonly #report: Promise<ReportContent>;
  /** Resolves to false when the report has arrived, or cannot. */
  readonly #arrival: Promise<false>;
  #hasArrived = false;

  constructor(receive: (signal: AbortSignal) => Promise<ReportContent>) {
    this.#report = receive(this.#stop.signal);
    const arrived = () => {
      this.#hasArrived = true;
      return false as const;
    };
    this.#arrival = this.#report.then(arrived, arrived);
  }

  get hasArrived(): boolean {
    return this.#hasArrived;
  }

  report(): Promise<ReportContent> {
    return this.#report;
  }

  /**
   * Waits for an OUT transfer, but only until the loader has answered: then it accepts no more
   * data.
   * @returns whether the transfer has ended
   */
  async during(transfer: Promise<void>): Promise<boolean> {
    try {
      return await Promise.race([transfer.then(() => true), this.#arrival]);
    } catch (error) {
      // An answer that arrives together with the failure explains more than the failure.
      if (!isKind(error, "timeout", "stalled") || !this.#hasArrived) throw error;
      return false;
    }
  }

  stop(): void {
    this.#stop.abort();
  }
}
