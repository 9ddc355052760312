import type { JobOptions } from "../../core/family/family.ts";
import type { BoardImages } from "../../core/image/image.ts";
import { requireImage } from "../../core/image/board_images.ts";
import { keepingStep } from "../../core/openmv_bootloader/keep_romfs.ts";
import type { Step } from "../../core/plan/step.ts";
import { type MemoryWrite, writeStep } from "../../core/plan/write_step.ts";
import { EXTERNAL_FLASH, places, type PortentaClass } from "./boards.ts";
import { withDfu } from "./dfu.ts";
import { enterStep, startStep } from "./enter.ts";
import { checkImage, consentForUnmarked } from "./validate.ts";
import { text } from "../../core/common/text.ts";

/** Bytes of zeros that make the firmware format a file system again (openmv-boards.md 3.6). */
const EMPTY = new Uint8Array(4096);
/** Milliseconds to send, program and read back one byte (inferred). */
const MS_PER_BYTE = 1 / 100;
/** Time for one sector in the chip, 128 KiB (dfu-dfuse.md B7), or outside it, 4 KiB (inferred). */
const INTERNAL_ERASE_MS = 900, EXTERNAL_ERASE_MS = 60;

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

/** Returns the step that writes the content if it differs, and reads it back. */
function writeStepAt(
  write: Omit<MemoryWrite, "weight" | "use">,
  { rewrite = false }: JobOptions = {},
): Step {
  const { address, content } = write;
  const { length } = content instanceof Uint8Array ? content : content.bytes;
  return writeStep({
    ...write,
    weight: length * MS_PER_BYTE + eraseMs(address, length),
    use: (context, work) =>
      withDfu(context, address, (memory) =>
        work({
          verifyRange: (...range) => memory.verifyRange(...range),
          writeRange: (address, bytes, run) =>
            memory.writeRange(address, bytes, { ...run, compareFirst: !rewrite }),
        })),
  });
}

function eraseMs(address: number, length: number): number {
  return address < EXTERNAL_FLASH
    ? Math.ceil(length / 0x2_0000) * INTERNAL_ERASE_MS
    : Math.ceil(length / 0x1000) * EXTERNAL_ERASE_MS;
}
