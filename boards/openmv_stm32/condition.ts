import type { SimulationOptions } from "../../core/family/family.ts";
import type { FlashMemory } from "../../core/common/flash_memory.ts";
import type { BoardImages } from "../../core/image/image.ts";
import { bootloaderHeaderOffset } from "../../core/image/inspect.ts";
import { partitionNamed } from "../../core/openmv_bootloader/partition.ts";
import { boards, type Stm32Board } from "./boards.ts";
import { userVolume } from "../../core/image/sample_fat.ts";
import { bundledVersions, factoryVersions, sampleImages } from "./samples.ts";
import type { Stm32Traps } from "./traps.ts";

/** Fills the memories of a simulated camera as they are at the start. */

/** Zeros in place of the vector table: the bootloader never starts. */
const DAMAGE = new Uint8Array(512);

const partitions = { bootloader: "BOOTLOADER", firmware: "FIRMWARE", romfs0: "ROMFS0" } as const;

export function fillMemories(
  board: Stm32Board,
  memories: ReadonlyMap<string, FlashMemory>,
  { condition = "bricked", images }: SimulationOptions,
  traps: Stm32Traps,
): void {
  const put = (name: string, bytes: Uint8Array) => {
    const { memory, start } = partitionNamed(board.partitions, name);
    memories.get(memory)!.load(start, bytes);
  };
  if (condition === "blank") return;
  const owner = boards.find(({ id }) => id === traps.holds) ?? board;
  const set = images ?? sampleImages(owner, factoryVersions);
  for (const [role, name] of Object.entries(partitions)) {
    const image = set.get(role);
    if (!image || (traps.anonymous && role !== "romfs0")) continue;
    if (traps.oldBootloader && role === "romfs0") continue;
    put(
      name,
      role === "bootloader" && traps.oldBootloader ? withoutHeader(image.bytes) : image.bytes,
    );
  }
  const { filesystemPartition: name } = board;
  const { size } = board.regions!.find(({ isFilesystem }) => isFilesystem)!;
  const clusterSize = name === "FILESYSTEM" ? 512 : 2048; // openmv-runtime.md 3.1
  put(name, userVolume({ size, sectorSize: 512, clusterSize }, traps.filesDamaged));
  if (condition === "bricked") put("BOOTLOADER", DAMAGE);
}

/** Returns the bootloader and firmware images by which the camera recognises a damaged copy. */
export function knownPrograms(board: Stm32Board, images?: BoardImages): readonly Uint8Array[] {
  const sets = boards.filter(({ processor }) => processor === board.processor)
    .flatMap((one) => [sampleImages(one, bundledVersions), sampleImages(one, factoryVersions)]);
  return [...sets, ...(images ? [images] : [])]
    .flatMap((set) => set.all)
    .filter(({ role }) => role === "bootloader" || role === "firmware")
    .map(({ bytes }) => bytes);
}

/** Removes the version: bootloaders before firmware 4.8.1 have none (openmv-boards.md 5.8). */
function withoutHeader(bytes: Uint8Array): Uint8Array {
  const old = bytes.slice();
  old.fill(0xA5, bootloaderHeaderOffset, bootloaderHeaderOffset + 32);
  old[512] ^= 0xFF; // so that it does not count as a damaged copy
  return old;
}
