import { CHAIN_SIZE } from "../../core/protocols/alif_isp/packets/certificate_chain.ts";
import { POINTER_ADDRESS, SYSTEM_BASE } from "../../core/protocols/alif_isp/packets/memory_map.ts";
import { readStoc } from "../../core/protocols/alif_isp/packets/stoc.ts";
import { userVolume } from "../../core/image/sample_fat.ts";
import type { SimulationOptions } from "../../core/family/family.ts";
import type { FlashMemory } from "../../core/common/flash_memory.ts";
import { partitionNamed, partitionSize } from "../../core/openmv_bootloader/partition.ts";
import { partitions } from "./boards.ts";
import type { FactorySystem } from "./factory_system.ts";
import { factoryVersions, sampleImages } from "./samples.ts";
import type { Ae3Traps } from "./traps.ts";

/** Fills the memories of a simulated camera as they are at the start. */

const contents = {
  "bootloader": "BOOT",
  "toc": "TOC",
  "firmware-hp": "HP",
  "firmware-he": "HE",
  "romfs1": "ROMFS1",
  "romfs0": "ROMFS0",
} as const;

/** Bytes at the start of the bootloader that a bricked camera has lost. */
const DAMAGE = 4096;

export function fillMemories(
  memories: { readonly mram: FlashMemory; readonly ospi: FlashMemory },
  { condition = "bricked", images }: SimulationOptions,
  traps: Ae3Traps,
  system: FactorySystem,
): void {
  const { mram, ospi } = memories;
  mram.load(SYSTEM_BASE, system.bytes);
  mram.load(POINTER_ADDRESS, system.pointer);
  if (traps.enclaveDead) {
    for (const { objectAddress, length } of bothCopies(system.bytes)) {
      mram.load(objectAddress + CHAIN_SIZE, new Uint8Array(Math.min(64, length)).fill(0xA5));
    }
  }
  if (condition === "blank") return;
  const set = images ?? sampleImages({ versions: factoryVersions });
  for (const [role, name] of Object.entries(contents)) {
    const image = set.get(role);
    if (!image) continue;
    const { memory, start } = partitionNamed(partitions, name);
    (memory === "mram" ? mram : ospi).load(start, image.bytes);
  }
  const size = partitionSize(partitionNamed(partitions, "RWFS"));
  // openmv-runtime.md 3.1
  ospi.load(0, userVolume({ size, sectorSize: 4096, clusterSize: 4096 }, traps.filesDamaged));
  const { start: boot } = partitionNamed(partitions, "BOOT");
  if (condition === "bricked") mram.load(boot, new Uint8Array(DAMAGE));
  const { start: toc, end } = partitionNamed(partitions, "TOC");
  if (traps.tableGone) mram.load(toc, new Uint8Array(end - toc));
}

/**
 * Returns where the two copies of the enclave's firmware are in MRAM; each begins with its
 * certificates.
 */
function bothCopies(systemPackage: Uint8Array) {
  const table = readStoc(systemPackage);
  if ("reason" in table) throw new Error(`the factory's package has no table: ${table.reason}`);
  return table.entries.slice(0, 2);
}
