import type { Clock } from "../common/clock.ts";
import { type ModelPartition, PartitionDfuModel } from "../protocols/dfu/model/partition_model.ts";
import type { FlashMemory } from "../common/flash_memory.ts";
import type { UsbSpeed } from "../transport/usb/device.ts";
import { BLOCK_SIZE, BOOTLOADER_PRODUCT, OPENMV_VENDOR_ID } from "./identity.ts";
import type { Partition } from "./partition.ts";
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
  /** Peculiarities of single partitions, by name. */
  readonly special?: ReadonlyMap<string, Partial<ModelPartition>>;
  /** Name of the partition that cannot be read, in lower case; empty: none. */
  readonly unreadable?: string;
  /** Memories by the names in the partitions; addresses as in the partitions. */
  readonly memories: ReadonlyMap<string, FlashMemory>;
  /** The firmware asked for the bootloader: no 1500 ms limit. */
  readonly forced?: boolean;
  /**
   * Called when the bootloader ends: takes it off the bus and starts the firmware. Called at most
   * once.
   */
  leave(): void;
}

/**
 * Flash words up to this size belong to a chip's internal flash: only there is a tail padded (5.5).
 */
const LARGEST_FLASH_WORD = 32;

/**
 * The DFU bootloader of an OpenMV camera: TinyUSB's DFU class over the partitions, for a short time
 * after each start (openmv-boards.md 5, dfu-dfuse.md E). Attach it to a socket and call `start`.
 */
export class OpenMvBootloaderModel extends PartitionDfuModel {
  readonly #window: Window;

  constructor(options: BootloaderModelOptions, window: Window = new Window(options)) {
    const { clock, speed, serial, productId, bcdDevice, memories } = options;
    super({
      clock,
      speed,
      device: { idVendor: OPENMV_VENDOR_ID, idProduct: productId, bcdDevice },
      manufacturer: "OpenMV",
      product: BOOTLOADER_PRODUCT,
      serial,
      transferSize: BLOCK_SIZE,
      partitions: options.partitions.map(({ name, memory: memoryName, start, end, writable }) => {
        const memory = memories.get(memoryName);
        if (!memory) throw new Error(`the model has no memory ${memoryName}`);
        const tailUnit = memory.unit > LARGEST_FLASH_WORD ? 1 : memory.unit;
        const special = {
          ...(name.toLowerCase() === options.unreadable && { canRead: false }),
          ...options.special?.get(name),
        };
        return { name, memory, start, limit: end, writable, tailUnit, ...special };
      }),
      hooks: {
        activity: () => window.attached(),
        configured: (value) => value === 0 ? window.unmounted() : window.mounted(),
        detach: () => window.detachRequested(),
        reset: () => window.unmounted(),
      },
    });
    this.#window = window;
  }

  /** Starts the timers, because the power is on. */
  start(): void {
    this.#window.start();
  }

  override detached(): void {
    this.#window.stop();
    super.detached();
  }
}
