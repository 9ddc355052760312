import type { JobOptions } from "../../core/family/family.ts";
import type { BoardImages } from "../../core/image/image.ts";
import { requireImage } from "../../core/image/board_images.ts";
import { BLOCK_SIZE } from "../../core/openmv_bootloader/identity.ts";
import {
  catchStep,
  eraseFilesystemStep,
  startStep,
  writeStep,
} from "../../core/openmv_bootloader/steps.ts";
import type { Step } from "../../core/plan/step.ts";
import { board, partitions } from "./boards.ts";
import { catchOptions } from "./catch_options.ts";
import { againstTheLoop } from "./reset_loop.ts";
import { writeMs } from "./timing.ts";
import { checkFirmware, checkRomfs } from "./validate.ts";
import { text } from "../../core/common/text.ts";

/** Flash: catch the camera in its bootloader, write, start it again. */
export function flashSteps(images: BoardImages, options: JobOptions): Step[] {
  const steps = firmwareSteps(images, options);
  const needs = neededPartitions(images, options);
  return [catchStep({ ...catchOptions, needs }), ...steps, startCamera()];
}

export function startCamera(): Step {
  return startStep(catchOptions);
}

/** Names of the partitions that `firmwareSteps` writes. */
export function neededPartitions(images: BoardImages, options: JobOptions): readonly string[] {
  return [
    "FIRMWARE",
    ...(images.get("romfs0") ? ["ROMFS0"] : []),
    ...(options.eraseFilesystem ? ["FILESYSTEM"] : []),
  ];
}

/** The writing: file system, firmware, ROMFS, in the order of openmv-boards.md 3.1. */
export function firmwareSteps(images: BoardImages, options: JobOptions): Step[] {
  const firmware = requireImage(images, board, "firmware");
  checkFirmware(firmware);
  const steps = [againstTheLoop(writeStep({
    id: "firmware",
    title: text`Write the firmware`,
    table: partitions,
    partition: "FIRMWARE",
    region: text`firmware`,
    content: firmware,
    weight: writeMs(firmware.bytes.length),
    effect: "writes",
  }))];
  const romfs = images.get("romfs0");
  if (romfs) {
    checkRomfs(romfs);
    steps.push(writeStep({
      id: "romfs0",
      title: text`Write the ROMFS`,
      table: partitions,
      partition: "ROMFS0",
      region: text`ROMFS`,
      content: romfs,
      weight: writeMs(romfs.bytes.length),
      effect: "writes",
    }));
  }
  if (!options.eraseFilesystem) return steps;
  return [eraseFilesystemStep(partitions, "FILESYSTEM", writeMs(BLOCK_SIZE)), ...steps];
}
