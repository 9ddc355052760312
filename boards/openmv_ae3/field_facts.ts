import { text } from "../../core/common/text.ts";
import type { FieldFact } from "../../core/family/field_fact.ts";
import { bootloaderFacts, partitionFacts } from "../../core/openmv_bootloader/field_facts.ts";
import { BLOCK_SIZE } from "../../core/openmv_bootloader/identity.ts";
import { Command } from "../../core/protocols/alif_isp/packets/command.ts";
import {
  BOOTLOADER_PRODUCT_ID,
  FIRMWARE_PRODUCT_ID,
  OSPI_ERASE_MS,
  OSPI_PAGE,
  OSPI_PAGE_MS,
  OSPI_SECTOR,
} from "./boards.ts";
import { APPEARS_MS } from "./camera.ts";

/** Returns what a field test judges: the enclave's answers, the flash and the starts. */
export function fieldFacts(): FieldFact[] {
  const bootloaderProductId = BOOTLOADER_PRODUCT_ID, firmwareProductId = FIRMWARE_PRODUCT_ID;
  return [
    {
      id: "ack",
      title: text`Secure Enclave: answer to START_ISP`,
      source: "alif-isp.md B.2",
      watch: { of: "enclave-answer", to: Command.START_ISP },
      model: "ACK, 0 bytes",
    },
    {
      id: "enquiry",
      title: text`Secure Enclave: answer to ENQUIRY`,
      source: "alif-isp.md B.6",
      watch: { of: "enclave-answer", to: Command.ENQUIRY },
      model: "DATA_RESPONSE, 13 bytes",
    },
    {
      id: "mram-read",
      title: text`Secure Enclave: answer to MRAM_READ`,
      source: "alif-isp.md B.6",
      watch: { of: "enclave-answer", to: Command.MRAM_READ },
      model: "DATA_RESPONSE, 16 bytes",
    },
    ...partitionFacts({
      ...{ id: "ospi", memory: text`OSPI flash`, source: "openmv-boards.md 5.5" },
      bootloaderProductId,
      partition: "ROMFS0",
      sector: OSPI_SECTOR,
      eraseMs: OSPI_ERASE_MS,
      blockMs: BLOCK_SIZE / OSPI_PAGE * OSPI_PAGE_MS,
    }),
    ...bootloaderFacts({ bootloaderProductId, firmwareProductId, startMs: APPEARS_MS }),
  ];
}
