import type { Board } from "../../core/family/board.ts";
import { UnbrickError } from "../../core/common/errors.ts";
import type { JobOptions } from "../../core/family/family.ts";
import { byteCount, hex } from "../../core/common/format.ts";
import type { Proof } from "../../core/plan/proof.ts";
import { regionNamed } from "../../core/plan/regions.ts";
import type { Step } from "../../core/plan/step.ts";
import type { BackupSource } from "../../core/plan/backup_steps.ts";
import type { LoaderKind } from "./loader.ts";
import { BLOCK, FLASH_BASE, FLASH_SIZE, type Region, regions } from "./memory_map.ts";
import { text } from "../../core/common/text.ts";

/** Contains what the step learns by reading. */
interface ReadFacts {
  proof?: Proof;
}

const readFacts = (): ReadFacts => ({});

/** Returns the step that reads a region or an address range and outputs it. */
export function readStep(loader: LoaderKind, board: Board, options: JobOptions): Step {
  const { name, start, size } = range(board, options);
  return {
    id: "read",
    title: text`Read ${name}`,
    weight: size / 2000,
    effect: "none",
    run: (context) =>
      context.use(loader, async ({ client }) => {
        const readBack = await context.readBack(
          [{ address: start, length: size }],
          async (onRead) => {
            for (let at = 0; at < size; at += BLOCK) {
              const length = Math.min(BLOCK, size - at);
              onRead(await client.readMemory(start + at, length), start + at);
              context.progress(at + length, size);
            }
          },
        );
        context.output(name, readBack.contents[0]);
        const claim = text`Read ${byteCount(size)} from ${hex(start)}.`;
        context.learned(readFacts).proof = readBack.proof(claim);
      }),
    prove: (context) => Promise.resolve(context.learned(readFacts).proof),
  };
}

/**
 * Returns the range to read.
 * @throws UnbrickError `usage` if the region is unknown or the range outside the flash.
 */
function range(board: Board, { region, address, length }: JobOptions): Region {
  if (region === undefined && address === undefined) {
    return { name: "flash", start: FLASH_BASE, size: FLASH_SIZE };
  }
  const all: readonly Region[] = Object.values(regions);
  const found = region === undefined ? undefined : regionNamed(board, all, region);
  const start = address ?? found!.start;
  const end = found ? found.start + found.size : FLASH_BASE + FLASH_SIZE;
  const size = length ?? end - start;
  if (start < (found?.start ?? FLASH_BASE) || size <= 0 || start + size > end) {
    throw new UnbrickError(
      "usage",
      text`The range of ${byteCount(size)} from ${hex(start)} is not all inside the flash
        (${hex(FLASH_BASE)} to ${hex(FLASH_BASE + FLASH_SIZE)}).`,
      { address: start, length: size },
    );
  }
  return { name: found?.name ?? hex(start), start, size };
}

/** Returns how each region of the flash is backed up. */
export function backupSources(loader: LoaderKind): BackupSource[] {
  return Object.values(regions).map(({ name, start, size }: Region) => ({
    name,
    memory: "flash",
    address: start,
    size,
    weight: size / 2000,
    read: (context, onProgress) =>
      context.use(loader, async ({ client }) => {
        const bytes = new Uint8Array(size);
        for (let at = 0; at < size; at += BLOCK) {
          const length = Math.min(BLOCK, size - at);
          bytes.set(await client.readMemory(start + at, length), at);
          onProgress(at + length);
        }
        return bytes;
      }),
  }));
}
