import { text } from "../common/text.ts";
import type { BoardImages, Image } from "../image/image.ts";
import {
  checkedOrLeftOut,
  type LeftOut,
  nothingToWrite,
  type PutBack,
} from "../plan/put_back_steps.ts";
import type { Step } from "../plan/step.ts";
import { partitionRegions } from "./backup.ts";
import type { PartitionedCamera } from "./contents.ts";
import { partitionNamed } from "./partition.ts";
import { writePartitionStep } from "./steps.ts";

/** How the regions of a backup go back to a camera with partitions. */
export interface PutBackPlan {
  /** Writes through the camera's bootloader; a firmware is last. */
  readonly writes: readonly Step[];
  /** Names of the partitions that they need. */
  readonly needs: readonly string[];
  readonly leftOut: readonly LeftOut[];
  /** The bootloader of the backup, if the family can write it. */
  readonly bootloader?: Image;
}

/**
 * Plans the writing. A region goes back only where the camera has it today: name, memory, address and
 * size must agree.
 *
 * @param skip regions that `restore` writes, not this job
 * @param canWriteBootloader the family writes the region `bootloader` by other means
 * @throws UnbrickError `not-found` if nothing is left; what a check refuses of a named region
 */
export function planPutBack(
  { board, partitions: table, boot, contents, writeMs }: PartitionedCamera,
  images: BoardImages,
  putBack: PutBack,
  { canWriteBootloader = false }: { readonly canWriteBootloader?: boolean } = {},
): PutBackPlan {
  const leftOut: LeftOut[] = [];
  const today = partitionRegions(table);
  let bootloader: Image | undefined;
  const writes: { step: Step; partition: string; isFirmware: boolean }[] = [];
  for (const region of putBack.regions) {
    const { name } = region;
    const place = today.find((one) =>
      one.name === name && one.memory === region.memory && one.address === region.address &&
      one.size === region.size
    );
    const image = images.get(name);
    if (!place || !image) {
      leftOut.push({ name, reason: text`Today's layout of the ${board.name} has no such region.` });
      continue;
    }
    const partition = table.find((one) => one.name.toLowerCase() === name)!.name;
    const content = [...boot, ...contents].find((one) => one.partition === partition);
    const isProgram = content !== undefined && !content.role.startsWith("romfs");
    const checked = isProgram
      ? checkedOrLeftOut(image, putBack, leftOut, (one) => content.check(one))
      : image;
    if (!checked) continue;
    if (content && boot.includes(content)) {
      if (canWriteBootloader && content.role === "bootloader") bootloader = checked;
      else {
        leftOut.push({ name, reason: text`Only the command restore writes it.` });
      }
      continue;
    }
    const title = content?.region ?? name;
    writes.push({
      partition,
      isFirmware: isProgram,
      step: writePartitionStep({
        id: content?.role ?? `put-back-${name}`,
        title: text`Write the ${title}`,
        table,
        partition,
        region: title,
        content: checked,
        weight: writeMs(partitionNamed(table, partition), region.size),
        consent: content?.consent?.(checked),
      }),
    });
  }
  if (writes.length === 0 && !bootloader) throw nothingToWrite(board, leftOut);
  const inOrder = writes.toSorted((a, b) => Number(a.isFirmware) - Number(b.isFirmware));
  return {
    writes: inOrder.map(({ step }) => step),
    needs: writes.map(({ partition }) => partition),
    leftOut,
    bootloader,
  };
}
