import type { JobOptions } from "../../core/family/family.ts";
import type { BoardImages } from "../../core/image/image.ts";
import { requireImage } from "../../core/image/board_images.ts";
import type { CatchOptions } from "../../core/openmv_bootloader/catch.ts";
import { BLOCK_SIZE } from "../../core/openmv_bootloader/identity.ts";
import { partitionNamed } from "../../core/openmv_bootloader/partition.ts";
import {
  catchStep,
  eraseFilesystemStep,
  startStep,
  writeStep,
} from "../../core/openmv_bootloader/steps.ts";
import type { Step } from "../../core/plan/step.ts";
import { replugActions, type Stm32Board } from "./boards.ts";
import { writeMs } from "./timing.ts";
import { checkFirmware, checkRomfs, consentForUnmarked } from "./validate.ts";
import { text } from "../../core/common/text.ts";

/** How a camera of this family is caught in its bootloader. */
export function catchOptions(board: Stm32Board): CatchOptions {
  return {
    partitions: board.partitions,
    replug: replugActions,
    leaveRecovery: board.afterActions,
    stillInRecovery:
      text`The camera came back in its ROM bootloader: the jumper between BOOT and RST is still
        there.`,
  };
}

/** Flash: catch the camera in its bootloader, write, start it again. */
export function flashSteps(board: Stm32Board, images: BoardImages, options: JobOptions): Step[] {
  const steps = partitionSteps(board, images, options);
  const needs = neededPartitions(board, images, options);
  return [catchStep({ ...catchOptions(board), needs }), ...steps, startStep(catchOptions(board))];
}

/** Names of the partitions that `partitionSteps` writes. */
export function neededPartitions(
  board: Stm32Board,
  images: BoardImages,
  options: JobOptions,
): readonly string[] {
  return [
    "FIRMWARE",
    ...(images.get("romfs0") ? ["ROMFS0"] : []),
    ...(options.eraseFilesystem ? [board.filesystemPartition] : []),
  ];
}

/** The writing: file system, firmware, ROMFS, in the order of openmv-boards.md 3.1. */
export function partitionSteps(
  board: Stm32Board,
  images: BoardImages,
  options: JobOptions,
): Step[] {
  const { partitions: table, processor } = board;
  const weight = (name: string, length: number) =>
    writeMs(processor, partitionNamed(table, name), length);

  const firmware = requireImage(images, board, "firmware");
  checkFirmware(firmware, board);
  const steps = [writeStep({
    id: "firmware",
    title: text`Write the firmware`,
    table,
    partition: "FIRMWARE",
    region: text`firmware`,
    content: firmware,
    weight: weight("FIRMWARE", firmware.bytes.length),
    effect: "writes",
    consent: consentForUnmarked(firmware, board),
  })];

  const romfs = images.get("romfs0");
  if (romfs) {
    checkRomfs(romfs, board);
    steps.push(writeStep({
      id: "romfs0",
      title: text`Write the ROMFS`,
      table,
      partition: "ROMFS0",
      region: text`ROMFS`,
      content: romfs,
      weight: weight("ROMFS0", romfs.bytes.length),
      effect: "writes",
    }));
  }
  if (!options.eraseFilesystem) return steps;
  const name = board.filesystemPartition;
  return [eraseFilesystemStep(table, name, weight(name, BLOCK_SIZE)), ...steps];
}
