import type { BoardImages } from "../../core/image/image.ts";
import { boardImages } from "../../core/image/board_images.ts";
import { loadImage } from "../../core/image/load.ts";
import { sampleRomfs, sampleStm32Firmware } from "../../core/image/sample.ts";
import { ARDUINO_VENDOR_ID, places, type PortentaClass } from "./boards.ts";

/** Sizes of firmware and ROMFS in bytes. */
const sizes: Readonly<Record<string, readonly [number, number]>> = {
  "arduino-portenta-h7": [311_300, 32_768],
  "arduino-giga": [305_156, 36_864],
  "arduino-nicla-vision": [294_916, 40_960],
};

/**
 * Returns made-up, simulation-only images with the structure of real ones; the same at every call.
 */
export function sampleImages(
  board: PortentaClass,
  version = "5.0.0",
  [firmware, romfs] = sizes[board.id],
): BoardImages {
  const base = { version, simulationOnly: true };
  const files: readonly [string, string, Uint8Array][] = [
    [
      "firmware",
      "firmware.bin",
      sampleStm32Firmware({
        ...base,
        ramBase: 0x2000_0000,
        ramSize: 0x2_0000,
        flashBase: places.find(({ role }) => role === "firmware")!.address,
        archString: board.architecture,
        usbVendorId: ARDUINO_VENDOR_ID,
        usbProductId: board.firmwareProductId,
        size: firmware,
      }),
    ],
    ["romfs0", "romfs0.img", sampleRomfs({ ...base, seed: board.folder, size: romfs })],
  ];
  return boardImages(
    `made-up images of the ${board.name}`,
    files.map(([role, name, bytes]) =>
      loadImage(bytes, { role, name, source: "made up", version, simulationOnly: true })
    ),
  );
}
