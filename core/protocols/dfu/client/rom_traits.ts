import type { DeviceDescriptor } from "../../../transport/usb/descriptors.ts";
import type { MemoryLayout } from "../packets/layout.ts";
import { ST_DFU_ID } from "../packets/stm32_rom.ts";

/** What is known about a chip and its bootloader beyond what it reports. */
export interface RomTraits {
  readonly family: "STM32F4" | "STM32F7" | "STM32H7";
  /**
   * The busy ROM holds GETSTATUS until it is done, so the client may ask at once instead of waiting
   * for bwPollTimeout (dfu-dfuse.md D2, G5).
   */
  readonly holdsWhileBusy: boolean;
  /** Bytes that the chip programs at once; the end of the data is padded to it. */
  readonly programUnit: 4 | 32;
  /** From this address on, an erase may answer dfuDNBUSY forever (H743 revision V, D1). */
  readonly stuckEraseFrom?: number;
}

const KIB = 1024;

/**
 * Recognises the chip by the layout of its internal flash; undefined for any other memory. F72x and
 * F411 look and behave the same. Other makers' bootloaders on the same chips (Arduino's) do not
 * have the ROM's bugs.
 */
export function romTraits(
  layout: MemoryLayout,
  device: Pick<DeviceDescriptor, "idVendor" | "idProduct">,
): RomTraits | undefined {
  if (!/^internal flash\b/i.test(layout.name)) return undefined;
  const sizes = layout.segments.map((segment) => segment.sectorSize / KIB);
  const base = layout.segments[0].address;
  if (base !== 0x0800_0000) return undefined;
  const isRom = device.idVendor === ST_DFU_ID.vendorId &&
    device.idProduct === ST_DFU_ID.productId;
  const startsWith = (...start: number[]) => start.every((size, i) => sizes[i] === size);
  if (startsWith(16, 64, 128)) {
    return { family: "STM32F4", holdsWhileBusy: true, programUnit: 4 };
  }
  if (startsWith(32, 128, 256)) {
    return { family: "STM32F7", holdsWhileBusy: true, programUnit: 4 };
  }
  if (sizes.every((size) => size === 128)) {
    return {
      family: "STM32H7",
      holdsWhileBusy: true,
      programUnit: 32,
      ...(isRom && { stuckEraseFrom: base + 1024 * KIB }),
    };
  }
  return undefined;
}
