import { byteSize } from "../../core/common/format.ts";
import { text } from "../../core/common/text.ts";
import type { FieldFact } from "../../core/family/field_fact.ts";
import { bootloaderFacts, partitionFacts } from "../../core/openmv_bootloader/field_facts.ts";
import { BLOCK_SIZE } from "../../core/openmv_bootloader/identity.ts";
import { partitionNamed } from "../../core/openmv_bootloader/partition.ts";
import { ST_DFU_ID } from "../../core/protocols/dfu/packets/stm32_rom.ts";
import type { Stm32Board } from "./boards.ts";
import { FLASH_BASE, QSPI } from "./chips.ts";
import { APPEARS_MS } from "./model.ts";

/** Returns what a field test judges: times and descriptors that were never seen on a camera. */
export function fieldFacts(board: Stm32Board): FieldFact[] {
  const { processor, partitions, bootloaderProductId, firmwareProductId } = board;
  const { id, eraseMs, sectors, programMsPerByte } = processor;
  const bootSector = sectors[0], sector = Math.max(...sectors);
  const { start } = partitionNamed(partitions, "FIRMWARE");
  const source = "dfu-dfuse.md B7";
  return [
    {
      id: "rom-transfer-size",
      title: text`ROM of the ${id}: bytes of a transfer`,
      source: "dfu-dfuse.md B6",
      watch: { of: "transfer-size", device: ST_DFU_ID },
      model: id === "H743" ? 1024 : 2048,
    },
    {
      id: "rom-erase",
      title: text`ROM of the ${id}: erase of ${byteSize(bootSector)}`,
      source,
      watch: {
        of: "dfuse-erase",
        device: ST_DFU_ID,
        ...{ from: FLASH_BASE, to: FLASH_BASE + bootSector },
      },
      modelMs: eraseMs[bootSector],
    },
    ...partitionFacts({
      ...{ id: "flash", memory: text`Flash of the ${id}`, source, bootloaderProductId },
      partition: "FIRMWARE",
      // The first sector of the largest size.
      from: Math.ceil(start / sector) * sector - start,
      sector,
      eraseMs: eraseMs[sector],
      blockMs: BLOCK_SIZE * programMsPerByte,
    }),
    ...(partitionNamed(partitions, "ROMFS0").memory === "qspi"
      ? partitionFacts({
        ...{ id: "qspi", memory: text`QSPI flash`, source: "openmv-boards.md 5.5" },
        bootloaderProductId,
        partition: "ROMFS0",
        sector: QSPI.sectorSize,
        eraseMs: QSPI.eraseMs,
        blockMs: BLOCK_SIZE * QSPI.programMsPerByte,
      })
      : []),
    ...bootloaderFacts({ bootloaderProductId, firmwareProductId, startMs: APPEARS_MS }),
  ];
}
