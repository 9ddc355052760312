import { text } from "../../core/common/text.ts";
import type { FieldFact } from "../../core/family/field_fact.ts";
import { bootloaderFacts, partitionFacts } from "../../core/openmv_bootloader/field_facts.ts";
import { BLOCK_SIZE } from "../../core/openmv_bootloader/identity.ts";
import { ST_DFU_ID } from "../../core/protocols/dfu/packets/stm32_rom.ts";
import { OPEN_BOOTLOADER_ALTERNATES } from "../../core/protocols/serial_boot/model/open_bootloader_descriptors.ts";
import {
  defaultSwitches,
  romAlternates,
} from "../../core/protocols/serial_boot/model/rom_switches.ts";
import {
  BOOTLOADER_PRODUCT_ID,
  ERASE_MS,
  FIRMWARE_PRODUCT_ID,
  PAGE,
  PAGE_MS,
  SECTOR,
} from "./boards.ts";
import { APPEARS_MS } from "./model.ts";

/** How the product strings of the two devices on 0483:df11 begin. */
const ROM = "DFU in ", OPEN_BOOTLOADER = "STM32OpenBootloader";

/** Returns what a field test judges: the ROM, the flash and the starts were never seen. */
export function fieldFacts(): FieldFact[] {
  const bootloaderProductId = BOOTLOADER_PRODUCT_ID, firmwareProductId = FIRMWARE_PRODUCT_ID;
  return [
    {
      id: "rom-alternates",
      title: text`ROM: names and order of its alternate settings`,
      source: "stm32n6-serial-boot.md E",
      watch: { of: "alternates", device: ST_DFU_ID, named: ROM },
      model: romAlternates(defaultSwitches).map(({ name }) => name).join(", "),
    },
    {
      id: "rom-transfer-size",
      title: text`ROM: bytes of a transfer`,
      source: "stm32n6-serial-boot.md F.1",
      watch: { of: "transfer-size", device: ST_DFU_ID, named: ROM },
      model: defaultSwitches.transferSize,
    },
    {
      id: "open-bootloader-alternates",
      title: text`OpenBootloader: names and order of its alternate settings`,
      source: "stm32n6-serial-boot.md B.5",
      watch: { of: "alternates", device: ST_DFU_ID, named: OPEN_BOOTLOADER },
      model: OPEN_BOOTLOADER_ALTERNATES.join(", "),
    },
    ...partitionFacts({
      ...{ id: "flash", memory: text`XSPI flash`, source: "stm32n6-serial-boot.md B.7" },
      bootloaderProductId,
      partition: "FIRMWARE",
      sector: SECTOR,
      eraseMs: ERASE_MS,
      blockMs: BLOCK_SIZE / PAGE * PAGE_MS,
    }),
    ...bootloaderFacts({ bootloaderProductId, firmwareProductId, startMs: APPEARS_MS }),
  ];
}
