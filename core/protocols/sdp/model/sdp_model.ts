import { InPipe } from "../../../transport/usb/endpoint_pipes.ts";
import { HidFunction } from "../../../transport/usb/hid_function.ts";
import { Stall } from "../../../transport/usb/model.ts";
import type { UsbSpeed } from "../../../transport/usb/device.ts";
import { CommandCode, SdpCommand } from "../packets/command.ts";
import { BootData, Ivt, ivtAt } from "../packets/ivt.ts";
import { Report, reportPayload, SDP_ENDPOINT_IN } from "../packets/report.ts";
import { ROM_HID_VERSION, romDeclaration, romReportDescriptor } from "./rom_descriptors.ts";
import {
  HAB_CLOSED,
  HAB_OPEN,
  type HabMode,
  OK_ACK,
  Word,
  WRITE_COMPLETE,
  WRITE_FILE_COMPLETE,
} from "../packets/words.ts";

/** The chip around the ROM. */
export interface SdpMachine {
  readonly habMode: HabMode;
  /** Reads `length` bytes of RAM or registers; undefined if nothing is at the address. */
  read(address: number, length: number): Uint8Array | undefined;
  /** Writes to RAM; returns false if the range is not all RAM. */
  write(address: number, bytes: Uint8Array): boolean;
  /** Called when the ROM jumps: it leaves the bus and the program at `entry` starts. */
  jump(ivtAddress: number): void;
  /** Called when the ROM overwrote its own data: it leaves the bus and restarts. */
  crash(): void;
}

/** Differences between parts and hosts (imxrt-sdp-flashloader.md D1). */
export interface SdpTraps {
  /** IN reports all have the size of the longest one, as Windows delivers them. */
  readonly paddedInReports?: boolean;
  /** The HAB report of a successful JUMP_ADDRESS never arrives. */
  readonly jumpAnswerMissing?: boolean;
}

/** HAB words as bytes status, reason, context, engine; the exact ones are unknown (F2). */
const INVALID_ADDRESS = 0x00332233, INVALID_IVT = 0x000a0533, INVALID_CSF = 0x000a1133;

/** The SDP ROM 1FC9:0135 as a simulated device (imxrt-sdp-flashloader.md A, D1). */
export class SdpModel extends HidFunction {
  readonly #in = new InPipe(64);
  /** A command that is receiving data, and the number of bytes so far. */
  #collecting: { readonly command: SdpCommand; received: number } | undefined;
  #loaded: { readonly start: number; readonly end: number } | undefined;

  constructor(
    private readonly machine: SdpMachine,
    options: { readonly speed?: UsbSpeed; readonly traps?: SdpTraps } = {},
  ) {
    super(romDeclaration(options.speed ?? "high"), romReportDescriptor, ROM_HID_VERSION);
    this.#traps = options.traps ?? {};
  }
  readonly #traps: SdpTraps;

  async dataIn(endpoint: number, length: number, signal: AbortSignal): Promise<Uint8Array> {
    if (endpoint !== SDP_ENDPOINT_IN) throw new Stall();
    return await this.#in.read(length, signal);
  }

  protected setReport(reportId: number, data: Uint8Array): void {
    const payload = data.subarray(1);
    if (reportId === Report.COMMAND) return this.#command(payload);
    if (reportId === Report.DATA) return this.#data(payload);
    throw new Stall();
  }

  #command(payload: Uint8Array): void {
    // It is unknown what the ROM does with a command during data: the model is silent.
    const command = this.#collecting ? undefined : SdpCommand.tryDecode(payload);
    if (!command) return;
    const { address, count } = command;
    switch (command.code) {
      case CommandCode.READ_REGISTER: {
        const bytes = this.machine.habMode === "open"
          ? this.machine.read(address, count)
          : undefined;
        return bytes ? this.#answerBytes(bytes) : this.#answer(INVALID_ADDRESS);
      }
      case CommandCode.WRITE_REGISTER:
        return this.#writeRegister(command);
      case CommandCode.WRITE_FILE:
      case CommandCode.DCD_WRITE:
      case CommandCode.WRITE_CSF:
        if (!this.machine.read(address, count)) return this.#answer(INVALID_ADDRESS);
        this.#collecting = { command, received: 0 };
        return;
      case CommandCode.ERROR_STATUS:
        return this.#answer(0);
      case CommandCode.SKIP_DCD_HEADER:
        return this.#answer(OK_ACK);
      case CommandCode.JUMP_ADDRESS:
        return this.#jump(address);
    }
    // An unknown command gets no answer at all (A8).
  }

  #data(payload: Uint8Array): void {
    const run = this.#collecting;
    if (!run) return;
    const { address, code, count } = run.command;
    // The padding of the last report is stored too; if it exceeds the RAM, the ROM crashes (A1).
    const whole = new Uint8Array(reportPayload[Report.DATA]);
    whole.set(payload.subarray(0, whole.length));
    if (!this.machine.write(address + run.received, whole)) {
      this.#collecting = undefined;
      return this.machine.crash();
    }
    run.received += payload.length;
    if (run.received < count) return;
    this.#collecting = undefined;
    if (code === CommandCode.WRITE_FILE) this.#loaded = { start: address, end: address + count };
    this.#answer(code === CommandCode.WRITE_FILE ? WRITE_FILE_COMPLETE : WRITE_COMPLETE);
  }

  #writeRegister({ address, count, data }: SdpCommand): void {
    // A count of 0, as one public tool sends it, gets no answer (A8).
    if (count !== 1 && count !== 2 && count !== 4) return;
    const bytes = Word.encode({ word: data }).subarray(0, count);
    const isStored = this.machine.write(address, bytes);
    this.#answer(isStored ? WRITE_COMPLETE : INVALID_ADDRESS);
  }

  #jump(address: number): void {
    const header = this.machine.read(address, Ivt.size + BootData.size);
    const ivt = header && ivtAt(header, 0);
    const loaded = this.#loaded;
    const isInside = ivt && loaded && ivt.entry >= loaded.start && ivt.entry < loaded.end;
    if (!isInside || ivt.self !== address) return this.#answer(INVALID_IVT);
    if (this.machine.habMode === "closed") return this.#answer(INVALID_CSF);
    if (!this.#traps.jumpAnswerMissing) this.#sendHabMode();
    this.machine.jump(address);
  }

  #answer(word: number): void {
    this.#answerBytes(Word.encode({ word }));
  }

  #answerBytes(bytes: Uint8Array): void {
    this.#sendHabMode();
    const size = reportPayload[Report.STATUS];
    for (let at = 0; at < bytes.length; at += size) {
      this.#send(Report.STATUS, bytes.subarray(at, at + size), size);
    }
  }

  #sendHabMode(): void {
    const word = this.machine.habMode === "open" ? HAB_OPEN : HAB_CLOSED;
    const size = reportPayload[this.#traps.paddedInReports ? Report.STATUS : Report.HAB_MODE];
    this.#send(Report.HAB_MODE, Word.encode({ word }), size);
  }

  #send(reportId: number, payload: Uint8Array, size: number): void {
    const report = new Uint8Array(1 + size);
    report[0] = reportId;
    report.set(payload, 1);
    this.#in.send(report);
  }
}
