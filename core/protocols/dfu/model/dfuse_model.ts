import { UsbFunction } from "../../../transport/usb/function.ts";
import { Stall } from "../../../transport/usb/model.ts";
import type { SetupPacket } from "../../../transport/usb/setup_packet.ts";
import { DeviceWork } from "./device_work.ts";
import { dfuConfiguration } from "./dfu_configuration.ts";
import { DfuSeChip } from "./dfuse_chip.ts";
import { DfuSeCommand } from "../packets/dfuse_command.ts";
import type { DfuSeModelOptions } from "./dfuse_model_options.ts";
import { DFUSE_VERSION } from "../packets/functional_descriptor.ts";
import { DfuRequest, DfuState, DfuStatus, TO_DEVICE, TO_HOST } from "../packets/request.ts";
import { StatusRecord } from "../packets/status_record.ts";

/** bState after an UPLOAD with wValue 1: no state of any specification (dfu-dfuse.md F4). */
const BROKEN_STATE = 15;
const MANIFEST_POLL_MS = 1;
const FIRST_STRING = 4;

/**
 * The device side of DfuSe: the ST ROM of F4, F7 and H7, with its states, times and traps
 * (dfu-dfuse.md section F). A DNLOAD only stores data; the next GETSTATUS starts the work.
 */
export class DfuSeModel extends UsbFunction {
  #state: number;
  #status: number;
  /** What a DNLOAD brought; only dfuDNLOAD-SYNC looks at it. */
  #stored: { readonly wValue: number; readonly length: number } | undefined;
  readonly #chip: DfuSeChip;
  /** Earlier bytes remain after shorter data, as in the chip's RAM. */
  readonly #buffer: Uint8Array;
  readonly #work: DeviceWork;
  /** Work that continues while requests are answered. */
  readonly #background: DeviceWork;
  /** Work that starts right after an answer has been sent. */
  readonly #after: DeviceWork;
  readonly #options: DfuSeModelOptions;

  constructor(options: DfuSeModelOptions) {
    const { device, manufacturer, product, serial, alternates, transferSize } = options;
    const { firstString = FIRST_STRING, iConfiguration = 0 } = options;
    super({
      speed: "full",
      device: { iManufacturer: 1, iProduct: 2, iSerialNumber: 3, ...device },
      configuration: dfuConfiguration({
        alternates: alternates.length,
        firstString,
        iConfiguration,
        bmAttributes: 0xc0,
        bMaxPower: 0x32,
        functional: {
          bmAttributes: 0x0b,
          wDetachTimeOut: 0xff,
          wTransferSize: transferSize,
          bcdDFUVersion: DFUSE_VERSION,
        },
      }),
      strings: {
        1: manufacturer,
        2: product,
        3: serial,
        ...Object.fromEntries(alternates.map((name, i) => [firstString + i, name])),
      },
    });
    this.#options = options;
    this.#chip = new DfuSeChip(options, () => this.#soon(() => this.#reenumerate()));
    this.#buffer = new Uint8Array(transferSize);
    this.#work = new DeviceWork(options.clock);
    this.#background = new DeviceWork(options.clock);
    this.#after = new DeviceWork(options.clock);
    this.#state = options.traps?.freshError ? DfuState.dfuERROR : DfuState.dfuIDLE;
    this.#status = options.traps?.freshError ? DfuStatus.errFIRMWARE : DfuStatus.OK;
  }

  /** Forbidden operations in order: OTP written, mass erase, and so on. */
  get forbiddenOperations(): readonly string[] {
    return this.#chip.forbiddenOperations;
  }

  /** Sum of erase and program times, milliseconds. */
  get busyMs(): number {
    return this.#work.busyMs + this.#background.busyMs;
  }

  /** bState, for tests. */
  get state(): number {
    return this.#state;
  }

  override async control(
    setup: SetupPacket,
    data: Uint8Array,
    signal: AbortSignal,
  ): Promise<Uint8Array | void> {
    if (this.#work.running && this.#options.traps?.stallsWhileBusy && isClass(setup)) {
      throw new Stall();
    }
    if (!this.#options.traps?.answersWhileBusy || !isClass(setup)) {
      while (this.#work.running) await this.#work.idle(signal); // NAK until done
    }
    return await super.control(setup, data, signal);
  }

  override reset(): void {
    super.reset();
    this.#set(DfuState.dfuIDLE, DfuStatus.OK);
    this.#chip.reset();
  }

  detached(): void {
    this.#work.powerOff();
    this.#background.powerOff();
    this.#after.powerOff();
  }

  protected override async request(
    setup: SetupPacket,
    data: Uint8Array,
    signal: AbortSignal,
  ): Promise<Uint8Array | void> {
    const { bmRequestType, bRequest, wValue, wIndex, wLength } = setup;
    if (wIndex !== 0) throw new Stall();
    if (bmRequestType === TO_HOST) {
      if (bRequest === DfuRequest.UPLOAD) return this.#upload(wValue, wLength);
      if (bRequest === DfuRequest.GETSTATUS) return await this.#getStatus(signal);
      if (bRequest === DfuRequest.GETSTATE) return Uint8Array.of(this.#state);
    } else if (bmRequestType === TO_DEVICE) {
      if (bRequest === DfuRequest.DNLOAD) return this.#download(wValue, data);
      if (bRequest === DfuRequest.CLRSTATUS) return this.#clearStatus();
      if (bRequest === DfuRequest.ABORT) return this.#abort();
      if (bRequest === DfuRequest.DETACH) return this.#soon(() => this.#reenumerate());
    }
    throw new Stall();
  }

  #download(wValue: number, data: Uint8Array): void {
    if (!this.#in(DfuState.dfuIDLE, DfuState.dfuDNLOAD_IDLE)) throw new Stall();
    if (data.length === 0) return void (this.#state = DfuState.dfuMANIFEST_SYNC);
    if (data.length > this.#buffer.length) throw new Stall();
    if (wValue === 1) {
      this.#set(DfuState.dfuERROR, DfuStatus.errSTALLEDPKT);
      throw new Stall();
    }
    this.#buffer.set(data);
    this.#stored = { wValue, length: data.length };
    this.#state = DfuState.dfuDNLOAD_SYNC;
  }

  async #getStatus(signal: AbortSignal): Promise<Uint8Array> {
    if (this.#state === DfuState.dfuMANIFEST_SYNC) {
      this.#state = DfuState.dfuMANIFEST;
      this.#soon(() => this.#options.hooks?.leave?.(this.#chip.pointer));
      return this.#record(MANIFEST_POLL_MS);
    }
    if (this.#state === DfuState.dfuDNLOAD_SYNC) {
      if (this.#stored) return await this.#startWork(signal);
      this.#state = DfuState.dfuDNLOAD_IDLE;
    }
    return this.#record(this.#state === DfuState.dfuDNBUSY ? this.#options.polls.erase : 0);
  }

  async #startWork(signal: AbortSignal): Promise<Uint8Array> {
    const { wValue, length } = this.#stored!;
    const data = this.#buffer.subarray(0, length);
    const job = wValue === 0
      ? this.#chip.command(data)
      : this.#chip.write(this.#addressOf(wValue), length, this.#buffer);
    this.#stored = undefined;
    this.#state = DfuState.dfuDNBUSY;
    const answer = this.#record(job.poll);
    if (job.stuck) {
      this.#background.start(job.ms, (part) => void job.apply(part));
      return answer;
    }
    this.#work.start(job.ms, (part) => {
      const status = job.apply(part);
      // A bus reset may have changed the state already.
      if (this.#state !== DfuState.dfuDNBUSY) return;
      this.#set(status === DfuStatus.OK ? DfuState.dfuDNLOAD_SYNC : DfuState.dfuERROR, status);
    });
    if (job.isErase && this.#options.erasesInFirstStatus) await this.#work.idle(signal);
    return answer;
  }

  #upload(wValue: number, wLength: number): Uint8Array {
    if (!this.#in(DfuState.dfuIDLE, DfuState.dfuUPLOAD_IDLE)) throw new Stall();
    if (wValue === 0) {
      this.#state = wLength > 3 ? DfuState.dfuIDLE : DfuState.dfuUPLOAD_IDLE;
      const { SET_ADDRESS, ERASE, READ_UNPROTECT } = DfuSeCommand;
      return Uint8Array.of(0, SET_ADDRESS, ERASE, READ_UNPROTECT);
    }
    if (wValue === 1) {
      this.#state = BROKEN_STATE;
      throw new Stall();
    }
    const address = this.#addressOf(wValue);
    const length = Math.min(wLength, this.#buffer.length);
    const read = this.#chip.read(address, length);
    if (typeof read === "number") {
      this.#set(DfuState.dfuERROR, read);
      throw new Stall();
    }
    this.#state = DfuState.dfuUPLOAD_IDLE;
    return read;
  }

  #clearStatus(): void {
    if (this.#state === DfuState.dfuERROR) return this.#set(DfuState.dfuIDLE, DfuStatus.OK);
    if (this.#options.traps?.clrStatusStalls) throw new Stall();
    this.#set(DfuState.dfuERROR, DfuStatus.errUNKNOWN);
  }

  /** Handles ABORT, which is ignored, without a STALL, in the other states. */
  #abort(): void {
    const { dfuIDLE, dfuDNLOAD_SYNC, dfuDNLOAD_IDLE, dfuMANIFEST_SYNC, dfuUPLOAD_IDLE } = DfuState;
    if (!this.#in(dfuIDLE, dfuDNLOAD_SYNC, dfuDNLOAD_IDLE, dfuMANIFEST_SYNC, dfuUPLOAD_IDLE)) {
      return;
    }
    this.#set(dfuIDLE, DfuStatus.OK);
  }

  #addressOf(wValue: number): number {
    return this.#chip.pointer + (wValue - 2) * this.#buffer.length;
  }

  #reenumerate(): void {
    this.#options.hooks?.reenumerate?.();
  }

  /** Runs an action after the answer has been sent. */
  #soon(action: () => void): void {
    this.#after.start(MANIFEST_POLL_MS, (part) => {
      if (part === 1) action();
    });
  }

  #in(...states: number[]): boolean {
    return states.includes(this.#state);
  }

  #set(state: number, status: number): void {
    this.#state = state;
    this.#status = status;
  }

  #record(bwPollTimeout: number): Uint8Array {
    return StatusRecord.encode({
      bStatus: this.#status,
      bwPollTimeout,
      bState: this.#state,
      iString: 0,
    });
  }
}

function isClass(setup: SetupPacket): boolean {
  return (setup.bmRequestType & 0x60) === 0x20;
}
