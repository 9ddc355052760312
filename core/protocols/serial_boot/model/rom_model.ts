import type { Clock } from "../../../common/clock.ts";
import { DfuRequest, DfuState, DfuStatus } from "../../dfu/packets/request.ts";
import { dfuConfiguration } from "../../dfu/model/dfu_configuration.ts";
import { StatusRecord } from "../../dfu/packets/status_record.ts";
import { isKind } from "../../../common/errors.ts";
import { type FunctionDeclaration, UsbFunction } from "../../../transport/usb/function.ts";
import { Stall } from "../../../transport/usb/model.ts";
import type { SetupPacket } from "../../../transport/usb/setup_packet.ts";
import { checkStm32Image, MAX_IMAGE } from "../packets/image_check.ts";
import { encodePhase, NO_ADDRESS, PhaseId, type PhaseRecord } from "../packets/phase.ts";
import {
  defaultSwitches,
  type RomAlternate,
  romAlternates,
  type RomSwitches,
} from "./rom_switches.ts";
import { never, until } from "../../dfu/model/until.ts";

export interface RomOptions {
  readonly clock: Clock;
  /** 24 hexadecimal digits. */
  readonly serial: string;
  readonly switches?: Partial<RomSwitches>;
  /**
   * Called when the ROM leaves the bus: with the image that it starts, or undefined to return as
   * ROM.
   */
  leave(image: Uint8Array | undefined): void;
}

/** Milliseconds announced for the manifest (stm32n6-serial-boot.md F.1). */
const MANIFEST_MS = 1;
/** Milliseconds between the answer to DETACH and the disconnect. */
const LEAVE_MS = 5;
/** Number of the first data block by bcdDFUVersion (stm32n6-serial-boot.md E). */
const DATA_BLOCK = { 0x0110: 0, 0x011A: 2 } as const;

/**
 * The USB bootloader in the ROM of the STM32N6, as far as it is known (stm32n6-serial-boot.md B.4,
 * E, F.1); every unknown is a switch. It loads one image to SRAM, checks it and starts it.
 */
export class Stm32n6Rom extends UsbFunction {
  readonly #options: RomOptions;
  readonly #switches: RomSwitches;
  readonly #alternates: readonly RomAlternate[];
  #state: number = DfuState.dfuIDLE;
  #status: number = DfuStatus.OK;
  #blocks: Uint8Array[] = [];
  #image: Uint8Array | undefined;
  #isManifesting = false;
  #isLeaving = false;

  constructor(options: RomOptions) {
    const switches = { ...defaultSwitches, ...options.switches };
    super(declare(options.serial, switches));
    this.#options = options;
    this.#switches = switches;
    this.#alternates = romAlternates(switches);
  }

  override reset(): void {
    super.reset();
    if (this.#isLeaving) this.#leave();
  }

  protected override configured(): void {
    const blocks = this.#switches.busReset === "keeps-bytes" ? this.#blocks : [];
    this.#idle();
    this.#blocks = blocks;
  }

  protected async request(
    setup: SetupPacket,
    data: Uint8Array,
    signal: AbortSignal,
  ): Promise<Uint8Array | void> {
    const { bmRequestType, bRequest, wValue, wLength } = setup;
    if ((bmRequestType & 0x7F) !== 0x21) throw new Stall();
    switch (bRequest) {
      case DfuRequest.DETACH:
        return await this.#detach(signal);
      case DfuRequest.DNLOAD:
        return this.#dnload(wValue, data);
      case DfuRequest.UPLOAD:
        return await this.#upload(wLength, signal);
      case DfuRequest.GETSTATUS:
        return this.#getStatus();
      case DfuRequest.CLRSTATUS:
        return this.#clearStatus();
      case DfuRequest.GETSTATE:
        return Uint8Array.of(this.#state);
      case DfuRequest.ABORT:
        if (this.#state !== DfuState.dfuERROR) this.#idle();
        return;
      default:
        throw new Stall();
    }
  }

  get #id(): number {
    return this.#alternates[this.alternate(0)].id;
  }

  #dnload(wBlockNum: number, data: Uint8Array): void {
    const isFirst = this.#state === DfuState.dfuIDLE;
    if (!isFirst && this.#state !== DfuState.dfuDNLOAD_IDLE) throw new Stall();
    if (data.length > this.#switches.transferSize) throw new Stall();
    if (data.length === 0) {
      if (isFirst) throw new Stall(); // nothing was downloaded
      this.#state = DfuState.dfuMANIFEST_SYNC;
      this.#isManifesting = true;
      if (this.#switches.start === "manifest-request" && this.#check()) this.#leave();
      return;
    }
    const isCommand = wBlockNum < DATA_BLOCK[this.#switches.dfuVersion];
    if (this.#id !== PhaseId.FSBL || isCommand) return this.#fail(DfuStatus.errTARGET);
    this.#blocks.push(data.slice());
    if (this.#size > MAX_IMAGE) return this.#fail(DfuStatus.errADDRESS);
    this.#state = DfuState.dfuDNLOAD_SYNC;
  }

  get #size(): number {
    return this.#blocks.reduce((sum, block) => sum + block.length, 0);
  }

  async #upload(wLength: number, signal: AbortSignal): Promise<Uint8Array> {
    if (this.#state !== DfuState.dfuIDLE && this.#state !== DfuState.dfuUPLOAD_IDLE) {
      throw new Stall();
    }
    if (this.#id !== PhaseId.COMMAND) throw new Stall();
    const { phaseBefore, phaseAfter, phaseLength } = this.#switches;
    const behaviour = this.#image ? phaseAfter : phaseBefore;
    if (behaviour === "stalls") throw new Stall();
    if (behaviour === "silent") return await until(never, signal);
    const record: PhaseRecord = { phase: PhaseId.FSBL, address: NO_ADDRESS, offset: 0 };
    const bytes = encodePhase(
      this.#image ? { ...record, phase: PhaseId.LAYOUT, detach: true } : record,
    );
    const answer = new Uint8Array(phaseLength === "full" ? wLength : bytes.length).fill(0x5A);
    answer.set(bytes.subarray(0, answer.length));
    const isShort = answer.length < wLength;
    this.#state = isShort ? DfuState.dfuIDLE : DfuState.dfuUPLOAD_IDLE;
    return answer.subarray(0, wLength);
  }

  #getStatus(): Uint8Array {
    let bwPollTimeout = 0, bState = this.#state;
    if (this.#state === DfuState.dfuDNLOAD_SYNC) {
      bState = this.#state = DfuState.dfuDNLOAD_IDLE;
    } else if (this.#state === DfuState.dfuMANIFEST_SYNC && this.#isManifesting) {
      this.#isManifesting = false;
      bState = DfuState.dfuMANIFEST;
      bwPollTimeout = MANIFEST_MS;
    } else if (this.#state === DfuState.dfuMANIFEST_SYNC) {
      if (this.#check()) {
        bState = this.#state = DfuState.dfuIDLE;
        this.#blocks = [];
        if (this.#switches.start === "manifest") this.#leave();
      } else if (this.#switches.badImage === "restarts") {
        this.#leave();
      } else {
        this.#fail(DfuStatus.errFIRMWARE);
        bState = this.#state;
      }
    }
    return StatusRecord.encode({ bStatus: this.#status, bwPollTimeout, bState, iString: 0 });
  }

  /** Checks the downloaded image as the ROM does before starting it. */
  #check(): boolean {
    const image = new Uint8Array(this.#size);
    let at = 0;
    for (const block of this.#blocks) {
      image.set(block, at);
      at += block.length;
    }
    try {
      checkStm32Image(image, "image");
    } catch (error) {
      if (!isKind(error, "bad-image")) throw error;
      this.#image = undefined;
      return false;
    }
    this.#image = image;
    return true;
  }

  async #detach(signal: AbortSignal): Promise<void> {
    if (!this.#image) return;
    this.#isLeaving = true;
    const { detach, leaves } = this.#switches;
    if (detach === "drops") return this.#leave();
    if (leaves === "at-once") this.#leaveSoon();
    if (detach === "stalls") throw new Stall();
    if (detach === "silent") await until(never, signal);
  }

  /** Leaves after the answer has been sent. */
  #leaveSoon(): void {
    this.#options.clock.sleep(LEAVE_MS).then(() => this.#leave());
  }

  #leave(): void {
    this.#options.leave(this.#image);
  }

  #clearStatus(): void {
    if (this.#state === DfuState.dfuERROR) return this.#idle();
    this.#state = DfuState.dfuERROR;
    this.#status = DfuStatus.errUNKNOWN;
  }

  #idle(): void {
    this.#state = DfuState.dfuIDLE;
    this.#status = DfuStatus.OK;
    this.#blocks = [];
  }

  #fail(status: number): void {
    this.#state = DfuState.dfuERROR;
    this.#status = status;
  }
}

/** String index of the first alternate setting's name. */
const FIRST_NAME = 4;

function declare(serial: string, switches: RomSwitches): FunctionDeclaration {
  const names = romAlternates(switches).map(({ name }) => name);
  const { transferSize, dfuVersion } = switches;
  return {
    speed: "high",
    device: {
      idVendor: 0x0483,
      idProduct: 0xDF11,
      bcdDevice: 0x0200,
      iManufacturer: 1,
      iProduct: 2,
      iSerialNumber: 3,
    },
    configuration: dfuConfiguration({
      alternates: names.length,
      firstString: FIRST_NAME,
      bmAttributes: 0xC0,
      functional: {
        bmAttributes: 0x0F,
        wDetachTimeOut: 255,
        wTransferSize: transferSize,
        bcdDFUVersion: dfuVersion,
      },
    }),
    strings: {
      1: "STMicroelectronics",
      2: switches.product === "plain"
        ? "DFU in HS Mode"
        : "DFU in HS Mode @Device ID /0x486, @Revision ID /0x1000",
      3: serial,
      ...Object.fromEntries(names.map((name, at) => [FIRST_NAME + at, name])),
    },
  };
}
