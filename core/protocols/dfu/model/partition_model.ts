import type { Clock } from "../../../common/clock.ts";
import type { FlashMemory } from "../../../common/flash_memory.ts";
import type { DeviceDescriptor } from "../../../transport/usb/descriptors.ts";
import type { UsbSpeed } from "../../../transport/usb/device.ts";
import { StandardRequest, UsbFunction } from "../../../transport/usb/function.ts";
import { Stall } from "../../../transport/usb/model.ts";
import type { SetupPacket } from "../../../transport/usb/setup_packet.ts";
import { DeviceWork } from "./device_work.ts";
import { dfuConfiguration } from "./dfu_configuration.ts";
import { DfuRequest, DfuState, DfuStatus, TO_DEVICE, TO_HOST } from "../packets/request.ts";
import { StatusRecord } from "../packets/status_record.ts";

/** One alternate setting: a range of a memory. */
export interface ModelPartition {
  readonly name: string;
  readonly memory: FlashMemory;
  /** First address. */
  readonly start: number;
  /** First address after it. */
  readonly limit: number;
  /** Default true. */
  readonly writable?: boolean;
  /** Size to which a short block is padded with zeros, bytes; default: the memory's unit. */
  readonly tailUnit?: number;
  /** bwPollTimeout while busy; default 0, as in every OpenMV bootloader. */
  readonly delay?: number;
  /** False: an UPLOAD ends with errFILE. Default true. */
  readonly canRead?: boolean;
  /** Replaces erase and program, for partitions that are commands. Returns the DFU status. */
  write?(address: number, data: Uint8Array): { readonly status: number; readonly busyMs: number };
}

/** Callbacks to the surroundings of the device. */
export interface PartitionHooks {
  /** Called for requests that OpenMV's bootloader counts as "attached" (openmv-boards.md 5.3). */
  activity?(kind: "download" | "upload"): void;
  configured?(bConfigurationValue: number): void;
  /** Called after DETACH was acknowledged. */
  detach?(): void;
  /** Called at a USB bus reset. */
  reset?(): void;
  /** Called when a partition was declared complete. */
  manifest?(alternate: number): void;
}

export interface PartitionModelOptions {
  readonly clock: Clock;
  readonly speed?: UsbSpeed;
  readonly device:
    & Pick<DeviceDescriptor, "idVendor" | "idProduct" | "bcdDevice">
    & Partial<DeviceDescriptor>;
  readonly manufacturer: string;
  readonly product: string;
  readonly serial: string;
  readonly partitions: readonly ModelPartition[];
  /** Default 4096. */
  readonly transferSize?: number;
  /** Default 0x0101, from the TinyUSB version that OpenMV uses. */
  readonly bcdDFUVersion?: number;
  readonly hooks?: PartitionHooks;
}

/** String index of the first partition's name, after manufacturer, product and serial. */
const FIRST_STRING = 4;
const END_MARK = new Uint8Array(4);
const MAX_NAME = 32;

/**
 * The device side of plain DFU 1.1 as TinyUSB speaks it, one partition for each alternate setting
 * (dfu-dfuse.md E, openmv-boards.md 5.5 to 5.7). The work of a block begins when the answer to its
 * GETSTATUS is acknowledged; the next request is held until it is done.
 */
export class PartitionDfuModel extends UsbFunction {
  #state: number = DfuState.dfuIDLE;
  #status: number = DfuStatus.OK;
  #block = 0;
  /** The block or the manifest that the next GETSTATUS starts. */
  #pending: Uint8Array | undefined;
  readonly #work: DeviceWork;
  readonly #transferSize: number;

  constructor(private readonly options: PartitionModelOptions) {
    const transferSize = options.transferSize ?? 4096;
    super({
      speed: options.speed ?? "full",
      device: { iManufacturer: 1, iProduct: 2, iSerialNumber: 3, ...options.device },
      configuration: dfuConfiguration({
        alternates: options.partitions.length,
        firstString: FIRST_STRING,
        bmAttributes: 0x80,
        bMaxPower: 250,
        functional: {
          bmAttributes: 0x07,
          wDetachTimeOut: 1000,
          wTransferSize: transferSize,
          bcdDFUVersion: options.bcdDFUVersion ?? 0x0101,
        },
      }),
      strings: {
        1: options.manufacturer,
        2: options.product,
        3: options.serial,
        ...Object.fromEntries(
          options.partitions.map(({ name }, i) => [FIRST_STRING + i, name.slice(0, MAX_NAME)]),
        ),
      },
    });
    this.#transferSize = transferSize;
    this.#work = new DeviceWork(options.clock);
  }

  /** Sum of erase and program times, milliseconds. */
  get busyMs(): number {
    return this.#work.busyMs;
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
    while (this.#work.running) await this.#work.idle(signal); // NAK until done
    // TinyUSB passes GET_STATUS of an interface to the class driver, which refuses it.
    if (setup.bmRequestType === 0x81 && setup.bRequest === StandardRequest.GET_STATUS) {
      throw new Stall();
    }
    return await super.control(setup, data, signal);
  }

  override reset(): void {
    super.reset();
    this.#clear();
    this.options.hooks?.reset?.();
  }

  detached(): void {
    this.#work.powerOff();
  }

  protected override configured(bConfigurationValue: number): void {
    this.options.hooks?.configured?.(bConfigurationValue);
  }

  protected override alternateSet(): void {
    this.#clear();
  }

  protected override async request(
    setup: SetupPacket,
    data: Uint8Array,
  ): Promise<Uint8Array | void> {
    const { bmRequestType, bRequest, wValue, wIndex, wLength } = setup;
    if (wIndex !== 0) throw new Stall();
    if (bmRequestType === TO_HOST) {
      if (bRequest === DfuRequest.UPLOAD) return this.#upload(wValue, wLength);
      if (bRequest === DfuRequest.GETSTATUS) return this.#getStatus();
      if (bRequest === DfuRequest.GETSTATE) return Uint8Array.of(this.#state);
    } else if (bmRequestType === TO_DEVICE) {
      if (bRequest === DfuRequest.DNLOAD) return this.#download(wValue, data);
      if (bRequest === DfuRequest.CLRSTATUS || bRequest === DfuRequest.ABORT) return this.#clear();
      if (bRequest === DfuRequest.DETACH) return this.options.hooks?.detach?.();
    }
    throw new Stall();
  }

  #download(wValue: number, data: Uint8Array): void {
    const { dfuIDLE, dfuDNLOAD_IDLE, dfuDNLOAD_SYNC, dfuMANIFEST_SYNC } = DfuState;
    if (this.#state !== dfuIDLE && this.#state !== dfuDNLOAD_IDLE) throw new Stall();
    if (data.length > this.#transferSize) throw new Stall();
    this.#block = wValue;
    this.#pending = data.slice();
    this.#state = data.length > 0 ? dfuDNLOAD_SYNC : dfuMANIFEST_SYNC;
  }

  #getStatus(): Uint8Array {
    const partition = this.#partition;
    const data = this.#pending;
    this.#pending = undefined;
    if (this.#state === DfuState.dfuDNLOAD_SYNC) {
      if (!data) return this.#record(DfuState.dfuDNLOAD_IDLE);
      const answer = this.#record(DfuState.dfuDNBUSY, partition.delay);
      this.options.hooks?.activity?.("download");
      this.#startWrite(partition, data);
      return answer;
    }
    if (this.#state === DfuState.dfuMANIFEST_SYNC) {
      if (!data) return this.#record(DfuState.dfuIDLE);
      const answer = this.#record(DfuState.dfuMANIFEST);
      this.#state = DfuState.dfuMANIFEST_SYNC; // done at once: everything is already in flash
      this.options.hooks?.manifest?.(this.alternate(0));
      return answer;
    }
    return this.#record(this.#state);
  }

  /** Programs the block, and erases first if it starts a sector. */
  #startWrite(partition: ModelPartition, data: Uint8Array): void {
    const { memory, start, limit, writable = true, tailUnit = memory.unit } = partition;
    const address = start + this.#block * this.#transferSize;
    const end = (status: number) => {
      this.#status = status;
      this.#state = status === DfuStatus.OK ? DfuState.dfuDNLOAD_SYNC : DfuState.dfuERROR;
    };
    if (!writable) return end(DfuStatus.errWRITE);
    if (address + data.length > limit) return end(DfuStatus.errADDRESS);
    if (partition.write) {
      const { status, busyMs } = partition.write(address, data);
      return this.#work.start(busyMs, () => end(status));
    }
    const padded = new Uint8Array(Math.ceil(data.length / tailUnit) * tailUnit);
    padded.set(data);
    const sector = memory.sectorAt(address);
    const erases = sector.address === address && memory.rule !== "overwrite";
    const eraseMs = erases && !sector.writeProtected ? sector.eraseMs : 0;
    const programMs = Math.ceil(padded.length / memory.unit) * memory.unitMs;
    const ms = eraseMs + programMs;
    this.#state = DfuState.dfuDNBUSY;
    this.#work.start(ms, (part) => {
      const spent = ms * part;
      const isErased = spent >= eraseMs;
      if (erases) memory.erase(address, 1, isErased ? 1 : spent / eraseMs);
      if (!isErased) return;
      const result = memory.program(
        address,
        padded,
        part === 1 ? 1 : (spent - eraseMs) / programMs,
      );
      end(result.outcome === "done" ? DfuStatus.OK : DfuStatus.errWRITE);
    });
  }

  /** Handles UPLOAD. Keeps bState; discards a block that waits for its GETSTATUS. */
  #upload(wValue: number, wLength: number): Uint8Array {
    if (wLength > this.#transferSize) throw new Stall();
    this.options.hooks?.activity?.("upload");
    this.#pending = undefined;
    const { memory, start, limit, canRead = true } = this.#partition;
    if (!canRead) {
      this.#status = DfuStatus.errFILE;
      this.#state = DfuState.dfuERROR;
      return new Uint8Array();
    }
    const address = start + wValue * this.#transferSize;
    return address + wLength > limit ? END_MARK : memory.read(address, wLength);
  }

  #clear(): void {
    this.#state = DfuState.dfuIDLE;
    this.#status = DfuStatus.OK;
    this.#pending = undefined;
  }

  get #partition(): ModelPartition {
    return this.options.partitions[this.alternate(0)];
  }

  /** Returns the answer and enters the state that it announces. */
  #record(bState: number, bwPollTimeout = 0): Uint8Array {
    this.#state = bState;
    return StatusRecord.encode({ bStatus: this.#status, bwPollTimeout, bState, iString: 0 });
  }
}
