import { array, struct, u32 } from "../common/struct.ts";
import { DeviceDescriptor } from "../transport/usb/descriptors.ts";
import { fillSampleBody } from "./sample_body.ts";

/** The memory that a sample is made for. */
export interface SampleMemory {
  /** Start of the RAM for the stack: 0x10000000 on the F427, 0x20000000 on F765 and H743. */
  readonly ramBase: number;
  /** Bytes of that RAM: 0x10000 on the F427, 0x20000 on F765 and H743 (dfu-dfuse.md E3). */
  readonly ramSize: number;
  /** Address of the image's first byte. */
  readonly flashBase: number;
}

/** Words of a vector table: 16 exceptions and 150 interrupts. */
const vectors = 166;
const Vectors = struct("vectors", {
  initialStackPointer: u32,
  resetVector: u32,
  others: array(u32, vectors - 2),
});
/** Offset of the two handlers, each `b .` (FE E7). */
const resetHandler = 0x0400;
const defaultHandler = 0x0404;

/**
 * Returns a body with a vector table in front: stack at the end of RAM, odd handlers inside the
 * image.
 */
export function stm32Sample(
  seed: string,
  size: number,
  memory: SampleMemory,
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  fillSampleBody(bytes, seed);
  Vectors.write(bytes, 0, {
    initialStackPointer: memory.ramBase + memory.ramSize,
    resetVector: memory.flashBase + resetHandler + 1,
    others: Array(vectors - 2).fill(memory.flashBase + defaultHandler + 1),
  });
  bytes.set([0xFE, 0xE7, 0x00, 0xBF], resetHandler);
  bytes.set([0xFE, 0xE7, 0x00, 0xBF], defaultHandler);
  return bytes;
}

/**
 * Writes an 18-byte USB 2.0 device descriptor with 64-byte EP0, strings 1 to 3, one configuration.
 */
export function writeDeviceDescriptor(
  bytes: Uint8Array<ArrayBuffer>,
  offset: number,
  classCodes: readonly [number, number, number],
  idVendor: number,
  idProduct: number,
): void {
  const [bDeviceClass, bDeviceSubClass, bDeviceProtocol] = classCodes;
  DeviceDescriptor.write(bytes, offset, {
    bcdUSB: 0x0200,
    ...{ bDeviceClass, bDeviceSubClass, bDeviceProtocol, bMaxPacketSize0: 64 },
    ...{ idVendor, idProduct, bcdDevice: 0x0103 },
    ...{ iManufacturer: 1, iProduct: 2, iSerialNumber: 3, bNumConfigurations: 1 },
  });
}
