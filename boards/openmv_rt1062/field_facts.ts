import { text } from "../../core/common/text.ts";
import type { FieldFact } from "../../core/family/field_fact.ts";
import { LOADER_PRODUCT_ID, LOADER_VENDOR_ID } from "../../core/protocols/mboot/packets/report.ts";
import { romDeclaration } from "../../core/protocols/sdp/model/rom_descriptors.ts";
import { ROM_PRODUCT_ID, ROM_VENDOR_ID } from "../../core/protocols/sdp/packets/report.ts";
import { FIRMWARE_START_MS, FLASHLOADER_START_MS } from "./camera_model.ts";
import { ERASE_MS } from "./chip_model.ts";
import { SECTOR } from "./memory_map.ts";
import { FIRMWARE_ID } from "./recognise.ts";
import { rt1062Traps } from "./traps.ts";

const rom = { vendorId: ROM_VENDOR_ID, productId: ROM_PRODUCT_ID };
const loader = { vendorId: LOADER_VENDOR_ID, productId: LOADER_PRODUCT_ID };

/** Returns what a field test judges: the ROM, the flash chip and all starts were never seen. */
export function fieldFacts(): FieldFact[] {
  return [
    {
      id: "rom-manufacturer",
      title: text`ROM: manufacturer string`,
      source: "imxrt-sdp-flashloader.md A1",
      watch: { of: "manufacturer", device: rom },
      model: String(romDeclaration("high").strings?.[1]),
    },
    {
      id: "rom-speed",
      title: text`ROM: bus speed`,
      source: "imxrt-sdp-flashloader.md A1",
      watch: { of: "speed", device: rom },
      model: rt1062Traps.speed[0],
    },
    {
      id: "erase",
      title: text`Flash chip: erase of 4 KiB`,
      source: "imxrt-sdp-flashloader.md D3",
      watch: { of: "erase-region", bytes: SECTOR },
      modelMs: ERASE_MS,
    },
    {
      id: "flashloader-start",
      title: text`From the ROM leaving to the flashloader on USB`,
      source: "imxrt-sdp-flashloader.md D1",
      watch: { of: "change", from: rom, to: loader },
      modelMs: FLASHLOADER_START_MS,
    },
    {
      id: "window",
      title: text`The camera's own bootloader waits for a command`,
      source: "imxrt-sdp-flashloader.md C9",
      watch: { of: "stay", device: loader },
      modelMs: rt1062Traps.windowMs[0],
    },
    {
      id: "firmware-start",
      title: text`From the bootloader leaving to the firmware on USB`,
      source: "imxrt-sdp-flashloader.md C9",
      watch: { of: "change", from: loader, to: FIRMWARE_ID },
      modelMs: FIRMWARE_START_MS,
    },
  ];
}
