import type { FunctionDeclaration } from "../../../transport/usb/function.ts";

/** USB descriptors of ST's OpenBootloader for the STM32N6, byte by byte (stm32n6-serial-boot.md B.5). */

/** Names of the alternate settings, in order. */
export const OPEN_BOOTLOADER_ALTERNATES = [
  "@Flashlayout /0x00/1*1Ke",
  "@FSBL-EXT /0x03/1*32Ke",
  "@FSBL-APP /0x04/1*128Me",
  "@virtual /0xF1/1*512Be",
  "@OTP /0xF2/1*752Be",
] as const;

/** Product string; the device id in it is that of the STM32N6. */
export const OPEN_BOOTLOADER_PRODUCT =
  "STM32OpenBootloader DFU@Device ID /0x486, @Revision ID /0x1000";

/** DFU functional descriptor: attributes 0x0F, detach timeout 255 ms, 1024-byte blocks, DFU 1.1. */
export const FUNCTIONAL_DESCRIPTOR = Uint8Array.of(9, 0x21, 0x0F, 0xFF, 0, 0, 4, 0x10, 1);

/** Device qualifier, 10 bytes: its description at full speed. */
export const DEVICE_QUALIFIER = Uint8Array.of(0x0A, 6, 0, 2, 0, 0, 0, 0x40, 1, 0);

/** String index of the first alternate setting's name. */
const FIRST_NAME = 6;

/** @param serial the chip's unique id, 24 hexadecimal digits */
export function openBootloaderDeclaration(serial: string): FunctionDeclaration {
  const names = OPEN_BOOTLOADER_ALTERNATES.map((name, at) => [FIRST_NAME + at, name] as const);
  return {
    speed: "high",
    device: {
      bcdUSB: 0x0110,
      idVendor: 0x0483,
      idProduct: 0xDF11,
      bcdDevice: 0x0200,
      iManufacturer: 1,
      iProduct: 2,
      iSerialNumber: 3,
    },
    configuration: Uint8Array.from([
      ...[9, 2, 0x3F, 0, 1, 1, 2, 0xC0, 0x32],
      ...names.flatMap(([index], alternate) => [9, 4, 0, alternate, 0, 0xFE, 1, 2, index]),
      ...FUNCTIONAL_DESCRIPTOR,
    ]),
    strings: {
      1: "STMicroelectronics",
      2: OPEN_BOOTLOADER_PRODUCT,
      3: serial,
      4: "DFU Config",
      5: "DFU Interface",
      ...Object.fromEntries(names),
    },
  };
}
