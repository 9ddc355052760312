import { DfuRequest, DfuState, DfuStatus } from "../../dfu/packets/request.ts";
import { StatusRecord } from "../../dfu/packets/status_record.ts";
import { StandardRequest, UsbFunction } from "../../../transport/usb/function.ts";
import { Stall } from "../../../transport/usb/model.ts";
import type { SetupPacket } from "../../../transport/usb/setup_packet.ts";
import { ExternalFlash, type ExternalFlashOptions } from "./external_flash_model.ts";
import { HeaderV1 } from "../packets/header_v1.ts";
import {
  DEVICE_QUALIFIER,
  FUNCTIONAL_DESCRIPTOR,
  openBootloaderDeclaration,
} from "./open_bootloader_descriptors.ts";
import { PhaseId } from "../packets/phase.ts";
import { PhaseMachine } from "./phase_machine_model.ts";
import { never, until } from "../../dfu/model/until.ts";

export interface OpenBootloaderOptions extends ExternalFlashOptions {
  /** 24 hexadecimal digits. */
  readonly serial: string;
  /** Called at DETACH: soft disconnect and connect; memory and phase stay. */
  onDetach?(): void;
}

/** wTransferSize and size of the buffer, bytes. */
const BLOCK = 1024;
/** The fuse image: 736 words. */
const OTP_BYTES = 736 * 4;

/**
 * ST's OpenBootloader on the STM32N6, with every trap of stm32n6-serial-boot.md B.5 to B.8. One
 * object is one power-on: its phase machine, layout and driver live as long as the object.
 */
export class OpenBootloader extends UsbFunction {
  readonly #options: OpenBootloaderOptions;
  readonly #phases = new PhaseMachine();
  readonly #flash: ExternalFlash;
  /** One buffer for both directions; old bytes stay in it. */
  readonly #buffer = new Uint8Array(BLOCK);
  #state: number = DfuState.dfuIDLE;
  #status: number = DfuStatus.OK;
  #pending: { wBlockNum: number; length: number } | undefined;
  #isConfigured = false;
  #isManifested = true;
  /** Work inside the USB interrupt: no other request is answered until it ends. */
  #work: Promise<void> = Promise.resolve();
  #power = new AbortController();
  #otpBytes = 0;
  #otpBurns = 0;

  constructor(options: OpenBootloaderOptions) {
    super(openBootloaderDeclaration(options.serial));
    this.#options = options;
    this.#flash = new ExternalFlash(options);
  }

  /** How often the fuses were written: must stay 0. */
  get otpBurns(): number {
    return this.#otpBurns;
  }

  override async control(
    setup: SetupPacket,
    data: Uint8Array,
    signal: AbortSignal,
  ): Promise<Uint8Array | void> {
    await until(this.#work, signal);
    const { bmRequestType, bRequest, wValue, wIndex } = setup;
    if ((bmRequestType & 0x60) === 0) {
      if (bRequest === StandardRequest.SET_CONFIGURATION && wValue === 1 && this.#isConfigured) {
        return; // acknowledged, but nothing happens
      }
      if (bRequest === StandardRequest.SET_INTERFACE) {
        if (wIndex > 1) throw new Stall();
        return await super.control({ ...setup, wValue: wValue & 0xFF, wIndex: 0 }, data, signal);
      }
      if (bRequest === StandardRequest.GET_DESCRIPTOR && wValue === 0x0600) {
        return DEVICE_QUALIFIER.subarray(0, setup.wLength);
      }
    }
    return await super.control(setup, data, signal);
  }

  protected override configured(bConfigurationValue: number): void {
    this.#isConfigured = bConfigurationValue !== 0;
    this.#idle();
  }

  detached(): void {
    this.#power.abort();
    this.#power = new AbortController();
  }

  protected async request(
    setup: SetupPacket,
    data: Uint8Array,
    signal: AbortSignal,
  ): Promise<Uint8Array | void> {
    const { bmRequestType, bRequest, wValue } = setup;
    const kind = bmRequestType & 0x60;
    if (kind === 0) {
      if (bRequest === StandardRequest.GET_DESCRIPTOR && wValue >> 8 === 0x21) {
        return FUNCTIONAL_DESCRIPTOR;
      }
      throw new Stall();
    }
    if (kind !== 0x20) throw new Stall();
    const answer = await this.#classRequest(setup, data, signal);
    const toDevice = (bmRequestType & 0x1F) === 0;
    if (toDevice && setup.wLength === 0) await until(never, signal);
    return answer;
  }

  async #classRequest(
    { bRequest, wValue, wLength }: SetupPacket,
    data: Uint8Array,
    signal: AbortSignal,
  ): Promise<Uint8Array | void> {
    switch (bRequest) {
      case DfuRequest.DETACH:
        this.reset(); // the host sends a bus reset to the returning device
        this.#options.onDetach?.();
        return;
      case DfuRequest.DNLOAD:
        return await this.#dnload(wValue, data, signal);
      case DfuRequest.UPLOAD:
        return this.#upload(wLength);
      case DfuRequest.GETSTATUS:
        return await this.#getStatus(signal);
      case DfuRequest.CLRSTATUS:
        return this.#clearStatus();
      case DfuRequest.GETSTATE:
        return Uint8Array.of(this.#state);
      case DfuRequest.ABORT:
        return this.#abort();
      default:
        throw new Stall();
    }
  }

  async #dnload(wBlockNum: number, data: Uint8Array, signal: AbortSignal): Promise<void> {
    if (this.#state !== DfuState.dfuIDLE && this.#state !== DfuState.dfuDNLOAD_IDLE) {
      throw new Stall();
    }
    if (data.length === 0) {
      this.#state = DfuState.dfuMANIFEST_SYNC;
      this.#isManifested = false;
      return;
    }
    this.#state = DfuState.dfuDNLOAD_SYNC;
    this.#buffer.set(data.subarray(0, BLOCK));
    if (data.length > BLOCK) return await until(never, signal);
    this.#pending = { wBlockNum, length: data.length };
  }

  #upload(wLength: number): Uint8Array {
    if (wLength === 0) {
      this.#idle();
      return new Uint8Array();
    }
    if (this.#state !== DfuState.dfuIDLE && this.#state !== DfuState.dfuUPLOAD_IDLE) {
      this.#pending = undefined; // a block that waited for its GETSTATUS is lost
      throw new Stall();
    }
    this.#state = DfuState.dfuUPLOAD_IDLE;
    const record = this.#phases.upload(this.alternate(0));
    if (record) this.#buffer.set(record);
    return this.#buffer.slice(0, wLength);
  }

  async #getStatus(signal: AbortSignal): Promise<Uint8Array> {
    const record = { bStatus: this.#status, bwPollTimeout: 0, bState: this.#state, iString: 0 };
    if (this.#state === DfuState.dfuDNLOAD_SYNC) {
      if (!this.#pending) {
        this.#state = DfuState.dfuDNLOAD_IDLE;
        return StatusRecord.encode({ ...record, bState: this.#state });
      }
      // The six bytes are sent; the work happens before the status stage, which the host waits for.
      const { wBlockNum, length } = this.#pending;
      this.#pending = undefined;
      const work = this.#write(wBlockNum, this.#buffer.slice(0, length));
      this.#work = work.catch(() => {});
      await until(work, signal);
      return StatusRecord.encode({ ...record, bState: DfuState.dfuDNBUSY });
    }
    if (this.#state === DfuState.dfuMANIFEST_SYNC) {
      if (this.#isManifested) {
        this.#state = DfuState.dfuIDLE;
        return StatusRecord.encode({ ...record, bState: this.#state });
      }
      this.#isManifested = true;
      return StatusRecord.encode({ ...record, bwPollTimeout: 1, bState: DfuState.dfuMANIFEST });
    }
    return StatusRecord.encode(record);
  }

  #clearStatus(): void {
    if (this.#state === DfuState.dfuERROR) return this.#idle();
    this.#state = DfuState.dfuERROR;
    this.#status = DfuStatus.errUNKNOWN;
  }

  #abort(): void {
    if (this.#state !== DfuState.dfuERROR) this.#idle();
  }

  #idle(): void {
    this.#state = DfuState.dfuIDLE;
    this.#status = DfuStatus.OK;
    this.#pending = undefined;
  }

  /** The write callback: whatever fails in it, the host gets OK. */
  async #write(wBlockNum: number, bytes: Uint8Array): Promise<void> {
    const phases = this.#phases;
    switch (phases.phaseId) {
      case PhaseId.LAYOUT: {
        const outcome = phases.table.parse(bytes.subarray(HeaderV1.size));
        return outcome === "hung" ? await never : undefined;
      }
      case PhaseId.LOADER:
        return this.#flash.load(phases.nextAddress(bytes.length), bytes);
      case PhaseId.APPLICATION:
      case PhaseId.EXTENSION:
        return await this.#flash.write(
          phases.nextAddress(bytes.length),
          bytes,
          this.#power.signal,
        );
      case PhaseId.OTP:
        this.#otpBytes = (wBlockNum === 0 ? 0 : this.#otpBytes) + bytes.length;
        if (this.#otpBytes >= OTP_BYTES) this.#otpBurns++;
    }
  }
}
