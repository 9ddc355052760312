import type { JobOptions } from "../../core/family/family.ts";
import { hex } from "../../core/common/format.ts";
import type { BoardImages } from "../../core/image/image.ts";
import { noImage } from "../../core/image/board_images.ts";
import { compareStep, readStep } from "../../core/plan/read_only_steps.ts";
import { regionNamed } from "../../core/plan/regions.ts";
import type { Step } from "../../core/plan/step.ts";
import { EXTERNAL_FLASH, INTERNAL_FLASH, places, type PortentaClass } from "./boards.ts";
import { withDfu } from "./dfu.ts";
import { enterStep, leaveStep } from "./enter.ts";
import { checkImage } from "./validate.ts";

const FIRMWARE = places.find(({ role }) => role === "firmware")!;
/** Milliseconds to transfer one byte (dfu-dfuse.md G1). */
const MS_PER_BYTE = 1 / 400;

interface Region {
  readonly name: string;
  readonly address: number;
  readonly length: number;
}

/**
 * Regions that can be read by name (openmv-boards.md 3.6; the ends of the flashes from the chip).
 */
const regions: readonly Region[] = [
  { name: "flash", address: INTERNAL_FLASH, length: 0x20_0000 },
  { name: "firmware", address: FIRMWARE.address, length: FIRMWARE.limit },
  { name: "external", address: EXTERNAL_FLASH, length: 0x100_0000 },
  ...places.filter((place) => place !== FIRMWARE).map(({ role, address, limit }) => ({
    name: role,
    address,
    length: limit,
  })),
];

/** Returns the steps of `read`: one region, one range, or both flashes entirely. */
export function readSteps(_: BoardImages, options: JobOptions, board: PortentaClass): Step[] {
  const wanted = wantedRegions(board, options);
  return [
    enterStep(board),
    ...wanted.map(({ name, address, length }) =>
      readStep(
        name,
        length * MS_PER_BYTE,
        (context) =>
          withDfu(context, address, (memory) =>
            memory.readRange(address, length, {
              signal: context.signal,
              onProgress: ({ done, total }) => context.progress(done, total),
            })),
      )
    ),
    leaveStep(FIRMWARE.address),
  ];
}

function wantedRegions(board: PortentaClass, options: JobOptions): readonly Region[] {
  const { region, address, length } = options;
  if (address !== undefined && length !== undefined) {
    return [{ name: hex(address), address, length }];
  }
  if (region === undefined) {
    return regions.filter(({ name }) => name === "flash" || name === "external");
  }
  return [regionNamed(board, regions, region)];
}

/** Returns the steps of `verify`: they compare every given image with the board. */
export function verifySteps(images: BoardImages, _: JobOptions, board: PortentaClass): Step[] {
  const checks = places.flatMap((place) => {
    const image = images.get(place.role);
    if (!image) return [];
    checkImage(image, place, board);
    return [{ ...place, image }];
  });
  if (checks.length === 0) throw noImage(images, board);
  return [
    enterStep(board),
    ...checks.map(({ region, address, image }) =>
      compareStep({
        image,
        region,
        address,
        weight: image.bytes.length * MS_PER_BYTE,
        async compare(context, onRead) {
          await withDfu(context, address, (memory) =>
            memory.verifyRange(address, image.bytes, {
              signal: context.signal,
              onProgress: ({ done, total }) => context.progress(done, total),
              onRead,
            }));
        },
      })
    ),
    leaveStep(FIRMWARE.address),
  ];
}
