import type { Clock } from "../clock.ts";
import { DeviceWork } from "../dfu/device_work.ts";
import { dfuConfiguration } from "../dfu/dfu_configuration.ts";
import { DfuRequest, DfuState, DfuStatus, TO_DEVICE, TO_HOST } from "../dfu/request.ts";
import { encodeStatusRecord } from "../dfu/status_record.ts";
import type { FlashMemory } from "../flash/flash_memory.ts";
import type { UsbSpeed } from "../usb/device.ts";
import { StandardRequest, UsbFunction } from "../usb/function.ts";
import { type SetupPacket, Stall } from "../usb/model.ts";
import { BLOCK_SIZE, BOOTLOADER_PRODUCT, OPENMV_VENDOR_ID } from "./identity.ts";
import type { Partition } from "./partition.ts";
import { PartitionStore } from "./partition_store.ts";
import { Window } from "./window.ts";

export interface BootloaderModelOptions {
  readonly clock: Clock;
  readonly productId: number;
  /** 0x0200 for every bootloader before 1.0.2. */
  readonly bcdDevice: number;
  readonly speed: UsbSpeed;
  /** 24 hexadecimal digits. */
  readonly serial: string;
  readonly partitions: readonly Partition[];
  /** By the name that the partitions use; addresses as in the partitions. */
  readonly memories: ReadonlyMap<string, FlashMemory>;
  /** The firmware asked for the bootloader: no 1500 ms limit. */
  readonly forced?: boolean;
  /** The bootloader ends: take it off the bus and start the firmware. Called once at most. */
  leave(): void;
}

/**
 * The DFU bootloader of an OpenMV camera, as its host sees it: TinyUSB's DFU class over the partitions
 * (openmv-boards.md 5, dfu-dfuse.md E). Attach it to a socket and call `start`.
 */
export class OpenMvBootloaderModel extends UsbFunction {
  readonly #window: Window;
  readonly #store: PartitionStore;
  #state: number = DfuState.dfuIDLE;
  #status: number = DfuStatus.OK;
  /** The block of the last DNLOAD, until a GETSTATUS lets it be written. */
  #pending: { block: number; data: Uint8Array } | undefined;
  #manifestPending = false;
  readonly #work: DeviceWork;

  constructor(options: BootloaderModelOptions) {
    super(declare(options));
    this.#window = new Window(options);
    this.#store = new PartitionStore(options);
    this.#work = new DeviceWork(options.clock);
  }

  /** Sum of erase and program times, milliseconds. */
  get busyMs(): number {
    return this.#work.busyMs;
  }

  /** Power is on: the timers run. */
  start(): void {
    this.#window.start();
  }

  override async control(
    setup: SetupPacket,
    data: Uint8Array,
    signal: AbortSignal,
  ): Promise<Uint8Array | void> {
    while (this.#work.running) await this.#work.idle(signal); // NAK until done
    if (this.#store.faulted) return await forever(signal);
    // TinyUSB has no answer to GET_STATUS of an interface (dfu-dfuse.md E2).
    if (setup.bmRequestType === 0x81 && setup.bRequest === StandardRequest.GET_STATUS) {
      throw new Stall();
    }
    return await super.control(setup, data, signal);
  }

  protected override configured(bConfigurationValue: number): void {
    this.#reset();
    if (bConfigurationValue === 0) this.#window.unmounted();
    else this.#window.mounted();
  }

  protected override alternateSet(): void {
    this.#reset();
  }

  detached(): void {
    this.#window.stop();
    this.#work.powerOff();
  }

  protected override request(setup: SetupPacket, data: Uint8Array): Promise<Uint8Array | void> {
    const { bmRequestType, bRequest, wValue, wIndex, wLength } = setup;
    if (wIndex !== 0) throw new Stall();
    const isOut = bmRequestType === TO_DEVICE;
    if (!isOut && bmRequestType !== TO_HOST) throw new Stall();
    switch (bRequest) {
      case DfuRequest.DETACH:
        return done(this.#window.detachRequested());
      case DfuRequest.DNLOAD:
        return done(this.#download(wValue, data));
      case DfuRequest.UPLOAD:
        return Promise.resolve(this.#upload(wValue, wLength));
      case DfuRequest.GETSTATUS:
        return Promise.resolve(this.#getStatus());
      case DfuRequest.GETSTATE:
        return Promise.resolve(Uint8Array.of(this.#state));
      case DfuRequest.CLRSTATUS:
      case DfuRequest.ABORT:
        return done(this.#reset());
    }
    throw new Stall();
  }

  get #partition(): number {
    return this.alternate(0);
  }

  #reset(): void {
    this.#state = DfuState.dfuIDLE;
    this.#status = DfuStatus.OK;
    this.#pending = undefined;
    this.#manifestPending = false;
  }

  #download(block: number, data: Uint8Array): void {
    const accepts = this.#state === DfuState.dfuIDLE || this.#state === DfuState.dfuDNLOAD_IDLE;
    if (!accepts || data.length > BLOCK_SIZE) throw new Stall();
    this.#manifestPending = data.length === 0;
    this.#pending = data.length === 0 ? undefined : { block, data: data.slice() };
    this.#state = this.#manifestPending ? DfuState.dfuMANIFEST_SYNC : DfuState.dfuDNLOAD_SYNC;
  }

  /** Does not change the state, but makes the bootloader forget a block that is not yet written. */
  #upload(block: number, length: number): Uint8Array {
    if (length > BLOCK_SIZE) throw new Stall();
    this.#window.attached();
    this.#pending = undefined;
    const bytes = this.#store.read(this.#partition, block, length);
    if (bytes) return bytes;
    this.#fail(DfuStatus.errFILE);
    return new Uint8Array();
  }

  #getStatus(): Uint8Array {
    if (this.#state === DfuState.dfuDNLOAD_SYNC) {
      this.#window.attached();
      const pending = this.#pending;
      this.#state = pending ? DfuState.dfuDNBUSY : DfuState.dfuDNLOAD_IDLE;
      const answer = this.#record();
      if (pending) this.#write(pending.block, pending.data);
      return answer;
    }
    if (this.#state === DfuState.dfuMANIFEST_SYNC) {
      const answer = this.#record(
        this.#manifestPending ? DfuState.dfuMANIFEST : DfuState.dfuIDLE,
      );
      if (!this.#manifestPending) this.#state = DfuState.dfuIDLE;
      this.#manifestPending = false;
      this.#store.complete();
      return answer;
    }
    return this.#record();
  }

  /** The erase and the programming run in the status stage of the first GETSTATUS. */
  #write(block: number, data: Uint8Array): void {
    this.#pending = undefined;
    const { ms, apply } = this.#store.prepareWrite(this.#partition, block, data);
    this.#work.start(ms, (part) => {
      const status = apply(part);
      if (status === DfuStatus.OK) this.#state = DfuState.dfuDNLOAD_SYNC;
      else this.#fail(status);
    });
  }

  #fail(status: number): void {
    this.#state = DfuState.dfuERROR;
    this.#status = status;
  }

  #record(bState: number = this.#state): Uint8Array {
    return encodeStatusRecord({ bStatus: this.#status, bwPollTimeout: 0, bState, iString: 0 });
  }
}

const FIRST_NAME = 4, LONGEST_STRING = 32;

function declare(options: BootloaderModelOptions): ConstructorParameters<typeof UsbFunction>[0] {
  const { partitions, productId, bcdDevice, speed, serial } = options;
  const names = partitions.map(({ name }, at) => [FIRST_NAME + at, name.slice(0, LONGEST_STRING)]);
  return {
    speed,
    device: {
      idVendor: OPENMV_VENDOR_ID,
      idProduct: productId,
      bcdDevice,
      iManufacturer: 1,
      iProduct: 2,
      iSerialNumber: 3,
    },
    // Numbers of dfu-dfuse.md E1.
    configuration: dfuConfiguration({
      alternates: partitions.length,
      firstString: FIRST_NAME,
      bmAttributes: 0x80,
      bMaxPower: 250,
      dfuAttributes: 0x07,
      wDetachTimeOut: 1000,
      wTransferSize: BLOCK_SIZE,
      bcdDFUVersion: 0x0101,
    }),
    strings: { 1: "OpenMV", 2: BOOTLOADER_PRODUCT, 3: serial, ...Object.fromEntries(names) },
  };
}

const done = (_: void): Promise<void> => Promise.resolve();

/** A crashed bootloader answers nothing any more. */
function forever(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) return reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
