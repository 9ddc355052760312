import { text } from "../../core/common/text.ts";
import type { FieldFact } from "../../core/family/field_fact.ts";
import { ARDUINO_VENDOR_ID, EXTERNAL_FLASH, INTERNAL_FLASH, type PortentaClass } from "./boards.ts";
import { APPEARS_MS, EXTERNAL_ERASE_MS } from "./model.ts";
import { bootloaderAlternates } from "./traps.ts";

/** Returns what a field test judges: the names of the bootloader, and all times. */
export function fieldFacts(board: PortentaClass): FieldFact[] {
  const bootloader = { vendorId: ARDUINO_VENDOR_ID, productId: board.bootloaderProductId };
  const firmware = { vendorId: ARDUINO_VENDOR_ID, productId: board.firmwareProductId };
  const source = "openmv-boards.md 3.6";
  return [
    {
      id: "alternates",
      title: text`Bootloader: names and order of its alternate settings`,
      source,
      watch: { of: "alternates", device: bootloader },
      model: bootloaderAlternates["25"].join(", "),
    },
    {
      id: "internal-erase",
      title: text`Flash of the chip: erase of 128 KiB`,
      source: "dfu-dfuse.md B7",
      watch: {
        of: "dfuse-erase",
        device: bootloader,
        ...{ from: INTERNAL_FLASH, to: INTERNAL_FLASH + 0x20_0000 },
      },
      modelMs: 900,
    },
    {
      id: "external-erase",
      title: text`External flash: erase of one sector (4 KiB in the model)`,
      source,
      watch: {
        of: "dfuse-erase",
        device: bootloader,
        ...{ from: EXTERNAL_FLASH, to: EXTERNAL_FLASH + 0x100_0000 },
      },
      modelMs: EXTERNAL_ERASE_MS,
    },
    {
      id: "firmware-start",
      title: text`From the bootloader leaving to the firmware on USB`,
      source,
      watch: { of: "change", from: bootloader, to: firmware },
      modelMs: APPEARS_MS,
    },
  ];
}
