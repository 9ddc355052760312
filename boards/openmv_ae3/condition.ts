import { POINTER_ADDRESS, SYSTEM_BASE } from "../../core/alif_isp/memory_map.ts";
import type { SimulationOptions } from "../../core/family.ts";
import type { FlashMemory } from "../../core/flash/flash_memory.ts";
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
    // The configuration at the end is small, so these are the middles of both copies.
    for (const share of [0.3, 0.7]) {
      const at = Math.floor(bytes.length * share / 16) * 16;
      mram.load(SYSTEM_BASE + at, new Uint8Array(64).fill(0xA5));
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
