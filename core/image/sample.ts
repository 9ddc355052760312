import { BootloaderHeader, bootloaderHeaderOffset, openmvVendorId } from "./inspect.ts";
import { type SampleMemory, stm32Sample, writeDeviceDescriptor } from "./sample_stm32.ts";
import { fillSampleBody } from "./sample_body.ts";
import { romfsMagic } from "./romfs.ts";
import { simulationMarkBytes } from "./simulation_mark.ts";

/**
 * Sample images with the structure that checks examine, but no function: every handler is an
 * endless loop. The same options give the same bytes. With `simulationOnly`, the image contains the
 * mark that keeps it off real devices.
 */

interface SampleBase {
  /** Size in bytes; at least 0x1100 for a bootloader or firmware, 64 for a ROMFS. */
  readonly size: number;
  /** `1.0.3`. */
  readonly version: string;
  readonly simulationOnly: boolean;
}

export interface SampleBootloaderOptions extends SampleBase, SampleMemory {
  /** Product id in the image's USB device descriptor (openmv-boards.md 2.1): 0x9204 for the H7. */
  readonly usbProductId: number;
  /** False: like bootloaders before 4.8.1, which have no header at 0x1000. Default true. */
  readonly header?: boolean;
}

/** Returns a bootloader.bin like those of STM32 cameras (dfu-dfuse.md E3). */
export function sampleStm32Bootloader(options: SampleBootloaderOptions): Uint8Array {
  const { usbProductId, size, version, simulationOnly } = options;
  const bytes = stm32Sample(`bootloader ${usbProductId} ${version}`, size, options);
  if (options.header ?? true) {
    const [major, minor, patch] = version.split(".").map(Number);
    BootloaderHeader.write(bytes, bootloaderHeaderOffset, { major, minor, patch });
  }
  writeDeviceDescriptor(bytes, 0x0800, [0, 0, 0], openmvVendorId, usbProductId);
  if (simulationOnly) bytes.set(simulationMarkBytes, 0x1040);
  return bytes;
}

export interface SampleFirmwareOptions extends SampleBase, SampleMemory {
  /** `OMV4 H7 1024` (openmv-boards.md 1.1). */
  readonly archString: string;
  /** Product id of the running camera: 0x1204 for the H7. */
  readonly usbProductId: number;
  /** Default 0x37C5, OpenMV. */
  readonly usbVendorId?: number;
}

/**
 * Returns a firmware.bin of an STM32 camera: vector table, architecture string, run-time USB
 * descriptor.
 */
export function sampleStm32Firmware(options: SampleFirmwareOptions): Uint8Array {
  const { archString, usbProductId, size, version, simulationOnly } = options;
  const bytes = stm32Sample(`firmware ${archString} ${version}`, size, options);
  const vendorId = options.usbVendorId ?? openmvVendorId;
  writeDeviceDescriptor(bytes, 0x0800, [0xEF, 2, 1], vendorId, usbProductId);
  const ascii = (text: string) => new TextEncoder().encode(`${text}\0`);
  bytes.set(ascii(archString), 0x0900);
  bytes.set(ascii(`OpenMV v${version}`), 0x0940);
  if (simulationOnly) bytes.set(simulationMarkBytes, 0x1040);
  return bytes;
}

export interface SampleRomfsOptions extends SampleBase {
  /** Makes the ROMFS images of different boards differ. */
  readonly seed: string;
}

/** Returns a romfs0.img with one file, `sample.bin`, whose content has no meaning. */
export function sampleRomfs(options: SampleRomfsOptions): Uint8Array {
  const { size, seed, version, simulationOnly } = options;
  const bytes = new Uint8Array(size);
  fillSampleBody(bytes, `romfs ${seed} ${version}`);
  let at = 0;
  const put = (...values: number[]) => {
    bytes.set(values, at);
    at += values.length;
  };
  /** Writes the number of remaining bytes in three groups of seven bits: enough for 2 MiB. */
  const putRest = () => {
    const left = size - at - 3;
    put(0x80 | left >> 14 & 0x7F, 0x80 | left >> 7 & 0x7F, left & 0x7F);
  };
  put(...romfsMagic);
  putRest();
  put(5); // a file
  putRest();
  const name = new TextEncoder().encode("sample.bin");
  put(name.length, ...name);
  put(2); // its content
  putRest();
  if (simulationOnly) bytes.set(simulationMarkBytes, 0x20);
  return bytes;
}
