import type { JobOptions } from "../../core/family/family.ts";
import { byteCount, byteSize } from "../../core/common/format.ts";
import type { BoardImages, Image } from "../../core/image/image.ts";
import { requireImage } from "../../core/image/board_images.ts";
import { sha256 } from "../../core/image/load.ts";
import type { Consent } from "../../core/plan/operator.ts";
import { type Proof, readBackProof } from "../../core/plan/proof.ts";
import { keepingStep } from "../../core/openmv_bootloader/keep_romfs.ts";
import { imageTarget, type Step } from "../../core/plan/step.ts";
import { writeProgress } from "../../core/plan/write_progress.ts";
import { EXTERNAL_FLASH, places, type PortentaClass } from "./boards.ts";
import { withDfu } from "./dfu.ts";
import { enterStep, startStep } from "./enter.ts";
import { checkImage, consentForUnmarked } from "./validate.ts";
import { text, type Words } from "../../core/common/text.ts";

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
    return [{ ...place, image, bytes: image.bytes, consent }];
  });
  return [
    enterStep(board),
    ...erases,
    ...writes.map((write) => {
      const { role, region, address, limit } = write;
      const step = writeStep({ ...write, id: role, title: text`Write the ${region}` });
      if (role !== "romfs0") return step;
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
  return writeStep({
    id: inside ? "erase-internal-filesystem" : "erase-filesystem",
    title: inside ? text`Erase the file system inside the chip` : text`Erase the file system`,
    region: inside ? text`file system inside the chip` : text`file system`,
    address,
    bytes: EMPTY,
  });
}

interface Write {
  readonly id: string;
  readonly title: Words;
  readonly region: Words;
  readonly address: number;
  /** Undefined for an erase. */
  readonly image?: Image;
  readonly bytes: Uint8Array;
  readonly consent?: Consent;
}

/** Returns the step that writes the bytes if they differ, and reads them back. */
function writeStep({ id, title, region, address, image, bytes, consent }: Write): Step {
  const length = bytes.length;
  const proof: Proof = image ? readBackProof(region, image, address) : {
    claim: text`The ${region} equals ${byteSize(length)} of zeros (${byteCount(length)}).`,
    evidence: "read-back",
    address,
    bytes: length,
    sha256: sha256(bytes),
  };
  return {
    id,
    title,
    weight: length * MS_PER_BYTE + eraseMs(address, length),
    effect: image ? "writes" : "erases",
    targets: [image ? imageTarget(region, image, address) : { region, address, length }],
    ...(consent && { consent }),
    isDone: (context) =>
      withDfu(context, address, async (memory) => {
        const { signal } = context;
        const difference = await memory.compareRange(address, bytes, { signal });
        return difference === undefined ? proof : undefined;
      }),
    async run(context) {
      await withDfu(context, address, (memory) =>
        memory.writeRange(address, bytes, {
          signal: context.signal,
          onProgress: ({ done }) => writeProgress(context, length).written(done),
        }));
    },
    async prove(context) {
      await withDfu(context, address, (memory) =>
        memory.verifyRange(address, bytes, {
          signal: context.signal,
          onProgress: ({ done }) => writeProgress(context, length).verified(done),
        }));
      return proof;
    },
  };
}

function eraseMs(address: number, length: number): number {
  return address < EXTERNAL_FLASH
    ? Math.ceil(length / 0x2_0000) * INTERNAL_ERASE_MS
    : Math.ceil(length / 0x1000) * EXTERNAL_ERASE_MS;
}
