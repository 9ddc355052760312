import { UnbrickError } from "../../core/errors.ts";
import type { Image, ImageSet } from "../../core/image/image.ts";
import { withCaughtBootloader } from "../../core/openmv_bootloader/client.ts";
import { type Partition, partitionNamed } from "../../core/openmv_bootloader/partition.ts";
import type { Step } from "../../core/plan/step.ts";
import type { Stm32Board } from "./boards.ts";
import { leaveStep, reachStep } from "./reach.ts";
import { withRom } from "./rom.ts";
import { readMs } from "./timing.ts";
import { checkBootloader, checkFirmware, checkRomfs } from "./validate.ts";

const roles = [
  { role: "bootloader", partition: "BOOTLOADER", region: "bootloader", check: checkBootloader },
  { role: "firmware", partition: "FIRMWARE", region: "firmware", check: checkFirmware },
  { role: "romfs0", partition: "ROMFS0", region: "ROMFS", check: checkRomfs },
] as const;

/** Verify: every given image against what the camera holds. Nothing is written. */
export function verifySteps(board: Stm32Board, images: ImageSet): Step[] {
  const checks = roles.flatMap(({ role, partition, region, check }) => {
    const image = images.get(role);
    if (!image) return [];
    check(image, board);
    return [{ image, region, partition: partitionNamed(board.partitions, partition) }];
  });
  if (checks.length === 0) {
    throw new UnbrickError(
      "not-found",
      `There is no image for the ${board.name} in ${images.origin}.`,
      { board: board.id, origin: images.origin },
    );
  }
  return [
    reachStep(board, checks.map(({ partition }) => partition)),
    ...checks.map(({ image, region, partition }) => compareStep(board, image, region, partition)),
    leaveStep(board),
  ];
}

function compareStep(board: Stm32Board, image: Image, region: string, partition: Partition): Step {
  const { bytes, name, role, sha256 } = image;
  return {
    id: `verify-${role}`,
    title: `Compare the ${region}`,
    weight: readMs(bytes.length),
    effect: "none",
    async run(bench) {
      const run = {
        signal: bench.signal,
        onProgress: ({ done, total }: { done: number; total: number }) =>
          bench.progress(done, total),
      };
      if (await bench.sighting(["bootloader"])) {
        await withCaughtBootloader(
          bench,
          board.partitions,
          (open) => open.memory.verify(open.partition(partition.name), bytes, run),
        );
      } else await withRom(bench, (memory) => memory.verifyRange(partition.start, bytes, run));
    },
    prove: () =>
      Promise.resolve({
        claim: `The ${region} equals ${name} (${bytes.length} bytes).`,
        evidence: "read-back",
        address: partition.start,
        bytes: bytes.length,
        sha256,
      }),
  };
}
