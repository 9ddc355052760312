import type { UsbSpeed } from "../../../transport/usb/device.ts";
import { InPipe, OutPipe } from "../../../transport/usb/endpoint_pipes.ts";
import { HidFunction } from "../../../transport/usb/hid_function.ts";
import { Stall } from "../../../transport/usb/model.ts";
import { PowerLost } from "./busy_time.ts";
import { CommandTag, decodePacket, encodePacket, ResponseTag } from "../packets/command.ts";
import {
  LOADER_HID_VERSION,
  LOADER_REPORT,
  loaderDeclaration,
  loaderReportDescriptor,
} from "./loader_descriptors.ts";
import { LoaderCommands, type LoaderMachine } from "./loader_commands.ts";
import type { LoaderMemory } from "./loader_memory.ts";
import {
  decodeReport,
  encodeReport,
  MBOOT_ENDPOINT_IN,
  MBOOT_ENDPOINT_OUT,
  Report,
  ReportHead,
} from "../packets/report.ts";
import { Status } from "../packets/status.ts";

const MAX_PAYLOAD = LOADER_REPORT - ReportHead.size;
const NOTHING = new Uint8Array();

/**
 * The MCU bootloader 15A2:0073 as a simulated device: RAM flashloader or resident SBL
 * (imxrt-sdp-flashloader.md B, D2). Like the real one, it is a single loop with a single buffer: it
 * accepts no report before the host has read the answer to the last one.
 */
export class MbootModel extends HidFunction {
  readonly #in: InPipe;
  readonly #out: OutPipe;
  readonly #power = new AbortController();
  readonly #commands: LoaderCommands;
  /** Receive and transmit buffer are the same memory, so reports end with leftovers (B2). */
  readonly #buffer = new Uint8Array(LOADER_REPORT);
  /** Parameters that a command omits keep an earlier command's values. */
  readonly #parameters: number[] = new Array(7).fill(0);

  constructor(
    private readonly machine: LoaderMachine,
    options: { readonly speed?: UsbSpeed } = {},
  ) {
    const speed = options.speed ?? "high";
    super(loaderDeclaration(speed), loaderReportDescriptor, LOADER_HID_VERSION);
    const wMaxPacketSize = speed === "high" ? LOADER_REPORT : 64;
    this.#in = new InPipe(wMaxPacketSize);
    this.#out = new OutPipe(wMaxPacketSize);
    this.#commands = new LoaderCommands(machine, this.#power.signal);
    void this.#run();
  }

  async dataIn(endpoint: number, length: number, signal: AbortSignal): Promise<Uint8Array> {
    if (endpoint !== MBOOT_ENDPOINT_IN) throw new Stall();
    return await this.#in.read(length, signal);
  }

  async dataOut(endpoint: number, data: Uint8Array, signal: AbortSignal): Promise<void> {
    if (endpoint !== MBOOT_ENDPOINT_OUT) throw new Stall();
    await this.#out.write(data, signal);
  }

  detached(): void {
    this.#power.abort();
  }

  protected setReport(): void {
    throw new Stall(); // reports go to this loader's OUT endpoint
  }

  async #run(): Promise<void> {
    try {
      while (!this.#power.signal.aborted) await this.#command();
    } catch (error) {
      if (!(error instanceof PowerLost)) throw error;
    }
  }

  /** Handles one command, with its data phase, up to its last answer. */
  async #command(): Promise<void> {
    const report = await this.#receive();
    if (report?.id !== Report.COMMAND_OUT) return;
    const packet = decodePacket(report.payload);
    if (!packet) return;
    this.machine.commandReceived?.();
    packet.parameters.forEach((value, at) => this.#parameters[at] = value);
    const { tag } = packet;
    if (tag === CommandTag.WRITE_MEMORY) return await this.#write();
    if (tag === CommandTag.READ_MEMORY) return await this.#read();
    const answer = await this.#commands.run(tag, this.#parameters);
    if (typeof answer === "number") await this.#generic(answer, tag);
    else await this.#send(Report.COMMAND_IN, encodePacket(answer.tag, answer.parameters));
    if (tag === CommandTag.RESET) this.machine.reset();
  }

  /**
   * Handles write-memory. The first answer is always a success; the range is checked when the data
   * phase starts (B4).
   */
  async #write(): Promise<void> {
    const [address, length, memoryId] = this.#parameters;
    const tag = CommandTag.WRITE_MEMORY;
    await this.#generic(Status.SUCCESS, tag);
    const found = this.#commands.locate(address, length, memoryId, "write");
    if (typeof found === "number") return await this.#abort(found, tag);
    const aligned = found.begin(address);
    for (let left = length; left > 0;) {
      const report = await this.#receive();
      if (report?.id === Report.DATA_OUT && report.payload.length === 0) {
        return await this.#generic(Status.ABORT_DATA_PHASE, tag);
      }
      if (report?.id !== Report.DATA_OUT) return await this.#abort(Status.FAIL, tag);
      if (aligned !== Status.SUCCESS) return await this.#abort(aligned, tag);
      const bytes = report.payload.subarray(0, left);
      const status = await found.write(bytes, this.#power.signal);
      if (status !== Status.SUCCESS) return await this.#abort(status, tag);
      left -= bytes.length;
    }
    await this.#generic(await found.flush(this.#power.signal), tag);
  }

  async #abort(status: number, tag: number): Promise<void> {
    await this.#send(Report.COMMAND_IN, NOTHING);
    await this.#generic(status, tag);
  }

  async #read(): Promise<void> {
    const [address, length, memoryId] = this.#parameters;
    const tag = CommandTag.READ_MEMORY;
    const opening = encodePacket(ResponseTag.READ_MEMORY, [Status.SUCCESS, length], true);
    await this.#send(Report.COMMAND_IN, opening);
    const found: LoaderMemory | number = this.#commands.locate(address, length, memoryId, "read");
    if (typeof found === "number") {
      await this.#send(Report.DATA_IN, NOTHING);
      return await this.#generic(found, tag);
    }
    for (let at = 0; at < length; at += MAX_PAYLOAD) {
      const bytes = found.read(address + at, Math.min(MAX_PAYLOAD, length - at));
      await this.#send(Report.DATA_IN, bytes);
    }
    await this.#generic(Status.SUCCESS, tag);
  }

  async #generic(status: number, tag: number): Promise<void> {
    await this.#send(Report.COMMAND_IN, encodePacket(ResponseTag.GENERIC, [status, tag]));
  }

  /** Receives a report; undefined if it claims to be longer than it is. */
  async #receive(): Promise<{ id: number; payload: Uint8Array } | undefined> {
    const bytes = await this.#out.receive(LOADER_REPORT);
    this.#buffer.set(bytes.subarray(0, LOADER_REPORT));
    return decodeReport(bytes);
  }

  /**
   * Sends a report: always the whole buffer, whatever the payload. Resolves when the host has read
   * it.
   */
  async #send(id: number, payload: Uint8Array): Promise<void> {
    this.#buffer.set(encodeReport(id, payload));
    await this.#in.send(this.#buffer);
  }
}
