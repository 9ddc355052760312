import { CHAIN_SIZE } from "../../core/protocols/alif_isp/packets/certificate.ts";
import { POINTER_ADDRESS, SYSTEM_BASE } from "../../core/protocols/alif_isp/packets/memory_map.ts";
import { parseStocTable } from "../../core/protocols/alif_isp/packets/system_package.ts";
import type { SimulationOptions } from "../../core/family/family.ts";
import type { FlashMemory } from "../../core/common/flash_memory.ts";
import { partitionNamed } from "../../core/openmv_bootloader/partition.ts";
import { partitions } from "./boards.ts";
import { factoryVersions, sampleImages } from "./samples.ts";
import type { Ae3Traps } from "./traps.ts";

/** What a simulated camera holds before anybody touches it. */

const contents = {
  "bootloader": "BOOT",
  "toc": "TOC",
  "firmware-hp": "HP",
  "firmware-he": "HE",
  "romfs1": "ROMFS1",
  "romfs0": "ROMFS0",
} as const;

/** Bytes from the start of the bootloader that a bricked camera has lost. */
const DAMAGE = 4096;

export function fillMemories(
  memories: { readonly mram: FlashMemory; readonly ospi: FlashMemory },
  { condition = "bricked", images }: SimulationOptions,
  traps: Ae3Traps,
): void {
  const { mram, ospi } = memories;
  const flavour = traps.root === "production" ? "" : "-dev";
  const root = traps.root === "production" ? "production" : "development";
  const role = `system-${traps.variant.toLowerCase()}${flavour}`;
  const versions = traps.oldPackage ? { ...factoryVersions, system: "1.103.1" } : factoryVersions;
  const given = !traps.oldPackage && images?.get(role) ? images : undefined;
  const system = given ?? sampleImages({ versions, root });
  const { bytes } = system.get(role)!;
  mram.load(SYSTEM_BASE, bytes);
  mram.load(POINTER_ADDRESS, system.get(`pointer${flavour}`)!.bytes);
  if (traps.enclaveDead) {
    for (const { address, length } of bothCopies(bytes)) {
      mram.load(address + CHAIN_SIZE, new Uint8Array(Math.min(64, length)).fill(0xA5));
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
  ospi.load(0, new TextEncoder().encode("FAT file system with the user's files"));
  const { start: boot } = partitionNamed(partitions, "BOOT");
  if (condition === "bricked") mram.load(boot, new Uint8Array(DAMAGE));
  const { start: toc, end } = partitionNamed(partitions, "TOC");
  if (traps.tableGone) mram.load(toc, new Uint8Array(end - toc));
}

/** Where the two copies of the enclave's firmware lie in MRAM; each begins with its certificates. */
function bothCopies(systemPackage: Uint8Array) {
  const table = parseStocTable(systemPackage);
  if ("reason" in table) throw new Error(`the sample package has no table: ${table.reason}`);
  return table.entries.slice(0, 2);
}
