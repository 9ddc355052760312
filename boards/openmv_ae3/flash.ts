import type { JobOptions } from "../../core/family/family.ts";
import type { BoardImages, Image } from "../../core/image/image.ts";
import { requireImage } from "../../core/image/board_images.ts";
import { catchBootloader, type CatchOptions } from "../../core/openmv_bootloader/catch.ts";
import { BLOCK_SIZE } from "../../core/openmv_bootloader/identity.ts";
import { partitionNamed } from "../../core/openmv_bootloader/partition.ts";
import {
  eraseFilesystemStep,
  refuseMissingPartitions,
  startStep,
  writeStep,
} from "../../core/openmv_bootloader/steps.ts";
import type { Step } from "../../core/plan/step.ts";
import { ae3, partitions, replugActions } from "./boards.ts";
import { bindAnswering } from "./enclave.ts";
import { dfuWriteMs } from "./timing.ts";
import { checkHeFirmware, checkHpFirmware, checkRomfs, consentForHe } from "./validate.ts";
import { text } from "../../core/common/text.ts";

/** How the camera is caught in its bootloader. */
export const catchOptions: CatchOptions = {
  partitions,
  replug: replugActions,
  leaveRecovery: ae3.afterActions,
  stillInRecovery:
    text`The camera came back with its recovery port: the recovery switch is still on.`,
};

/** What a flash writes, in the order of openmv-boards.md 3.5. The table of contents is no part of it. */
export const firmwareContents = [
  { role: "firmware-hp", partition: "HP", region: text`M55-HP firmware`, check: checkHpFirmware },
  { role: "firmware-he", partition: "HE", region: text`M55-HE firmware`, check: checkHeFirmware },
  {
    role: "romfs1",
    partition: "ROMFS1",
    region: "M55-HE ROMFS",
    check: (image: Image) => checkRomfs(image, "ROMFS1"),
  },
  {
    role: "romfs0",
    partition: "ROMFS0",
    region: "M55-HP ROMFS",
    check: (image: Image) => checkRomfs(image, "ROMFS0"),
  },
] as const;

const FILESYSTEM = "RWFS";

/** Flash: catch the camera in its bootloader, write, start it again. */
export function flashSteps(images: BoardImages, options: JobOptions): Step[] {
  const steps = firmwareSteps(images, options);
  const needs = neededPartitions(images, options);
  return [enterBootloader(needs), ...steps, startCamera()];
}

/** First step of every job but restore. */
export function enterBootloader(needs: readonly string[]): Step {
  return {
    id: "enter-bootloader",
    title: text`Bring the camera into its bootloader`,
    weight: 1_500,
    effect: "none",
    async run(context) {
      const isBound = await context.detected(["bootloader", "firmware"]) !== undefined ||
        await bindAnswering(context);
      await catchBootloader(context, {
        ...catchOptions,
        // Without a port of its own the run would take any cable for a forgotten switch.
        ...(!isBound && { recoveryModes: [] }),
        check: (bootloader) => refuseMissingPartitions(bootloader, needs),
      });
    },
  };
}

export function startCamera(): Step {
  return startStep(catchOptions);
}

/** Names of the partitions that `firmwareSteps` writes. */
export function neededPartitions(images: BoardImages, options: JobOptions): readonly string[] {
  return [
    ...firmwareContents.filter(({ role }) => images.get(role)).map(({ partition }) => partition),
    ...(options.eraseFilesystem ? [FILESYSTEM] : []),
  ];
}

/** The writing. Both firmware images belong together, so both are needed. */
export function firmwareSteps(images: BoardImages, options: JobOptions): Step[] {
  requireImage(images, ae3, "firmware-hp");
  requireImage(images, ae3, "firmware-he");
  const weight = (name: string, length: number) =>
    dfuWriteMs(partitionNamed(partitions, name).memory, length);
  const steps = firmwareContents.flatMap(({ role, partition, region, check }) => {
    const image = images.get(role);
    if (!image) return [];
    check(image);
    return [writeStep({
      id: role,
      title: text`Write the ${region}`,
      table: partitions,
      partition,
      region,
      content: image,
      weight: weight(partition, image.bytes.length),
      effect: "writes",
      ...(role === "firmware-he" && { consent: consentForHe(image) }),
    })];
  });
  if (!options.eraseFilesystem) return steps;
  return [eraseFilesystemStep(partitions, FILESYSTEM, weight(FILESYSTEM, BLOCK_SIZE)), ...steps];
}
