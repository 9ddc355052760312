import type { JobOptions } from "../../core/family/family.ts";
import type { BoardImages } from "../../core/image/image.ts";
import { requireImage } from "../../core/image/board_images.ts";
import { keepingStep } from "../../core/openmv_bootloader/keep_romfs.ts";
import type { Step } from "../../core/plan/step.ts";
import { saveBeforeFlash } from "./backup.ts";
import { EXTERNAL_FLASH, places, type PortentaClass } from "./boards.ts";
import { withDfu } from "./dfu.ts";
import { enterStep, startStep } from "./enter.ts";
import { checkImage, consentForUnmarked } from "./validate.ts";
import { writeStepAt } from "./write.ts";
import { text } from "../../core/common/text.ts";

/** Bytes of zeros that make the firmware format a file system again (openmv-boards.md 3.6). */
const EMPTY = new Uint8Array(4096);

/**
 * Returns the steps of `flash`: file systems if requested, radio firmware, firmware, ROMFS, start.
 */
export function flashSteps(images: BoardImages, options: JobOptions, board: PortentaClass): Step[] {
  const { only } = options;
  requireImage(images, board, only === "romfs" ? "romfs0" : "firmware");
  const wanted = places.filter(({ role }) =>
    only === undefined || role === (only === "romfs" ? "romfs0" : "firmware")
  );
  const erases = options.eraseFilesystem ? board.filesystems.map(eraseStep) : [];
  const writes = wanted.flatMap((place) => {
    const image = images.get(place.role);
    if (!image) return [];
    checkImage(image, place, board);
    const consent = place.role === "firmware" ? consentForUnmarked(image, board) : undefined;
    const { role, region, address, limit } = place;
    const title = text`Write the ${region}`;
    return [{ id: role, title, region, address, limit, content: image, consent }];
  });
  return [
    enterStep(board),
    ...saveBeforeFlash(options),
    ...erases,
    ...writes.map(({ limit, ...write }) => {
      const { id, region, address } = write;
      const step = writeStepAt(write, options);
      if (id !== "romfs0") return step;
      return keepingStep(step, {
        region,
        address,
        size: limit,
        isReadable: () => Promise.resolve(true),
        reader: (context) => (offset, length) =>
          withDfu(
            context,
            address,
            (memory) => memory.readRange(address + offset, length, { signal: context.signal }),
          ),
        wipe: (context) =>
          withDfu(context, address, async (memory) => {
            await memory.writeRange(address, EMPTY, { signal: context.signal });
          }),
      }, options);
    }),
    startStep(board, writes.at(-1)!.address),
  ];
}

function eraseStep(address: number): Step {
  const inside = address < EXTERNAL_FLASH;
  return writeStepAt({
    id: inside ? "erase-internal-filesystem" : "erase-filesystem",
    title: inside ? text`Erase the file system inside the chip` : text`Erase the file system`,
    region: inside ? text`file system inside the chip` : text`file system`,
    address,
    content: EMPTY,
  });
}
