import { UnbrickError } from "../../core/errors.ts";
import type { Image, ImageSet } from "../../core/image/image.ts";
import { withCaughtBootloader } from "../../core/openmv_bootloader/client.ts";
import { partitionNamed } from "../../core/openmv_bootloader/partition.ts";
import type { Step } from "../../core/plan/step.ts";
import { ae3, partitions } from "./boards.ts";
import { enterBootloader } from "./flash.ts";
import { leaveStep } from "./read.ts";
import { readMs } from "./timing.ts";

const contents = [
  { role: "bootloader", partition: "BOOT", region: "bootloader" },
  { role: "toc", partition: "TOC", region: "table of contents" },
  { role: "firmware-hp", partition: "HP", region: "M55-HP firmware" },
  { role: "firmware-he", partition: "HE", region: "M55-HE firmware" },
  { role: "romfs1", partition: "ROMFS1", region: "M55-HE ROMFS" },
  { role: "romfs0", partition: "ROMFS0", region: "M55-HP ROMFS" },
] as const;

/** Verify: every given image against what the camera holds. Nothing is written. */
export function verifySteps(images: ImageSet): Step[] {
  const steps = contents.flatMap(({ role, partition, region }) => {
    const image = images.get(role);
    return image ? [compareStep(image, region, partition)] : [];
  });
  if (steps.length > 0) return [enterBootloader([]), ...steps, leaveStep()];
  throw new UnbrickError(
    "not-found",
    `There is no image for the ${ae3.name} in ${images.origin}.`,
    { board: ae3.id, origin: images.origin },
  );
}

function compareStep(image: Image, region: string, name: string): Step {
  const { bytes, role, sha256 } = image;
  return {
    id: `verify-${role}`,
    title: `Compare the ${region}`,
    weight: readMs(bytes.length),
    effect: "none",
    run: (bench) =>
      withCaughtBootloader(
        bench,
        partitions,
        ({ memory, partition }) =>
          memory.verify(partition(name), bytes, {
            signal: bench.signal,
            onProgress: ({ done, total }) => bench.progress(done, total),
          }),
      ),
    prove: () =>
      Promise.resolve({
        claim: `The ${region} equals ${image.name} (${bytes.length} bytes).`,
        evidence: "read-back",
        address: partitionNamed(partitions, name).start,
        bytes: bytes.length,
        sha256,
      }),
  };
}
