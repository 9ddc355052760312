import type { Image } from "../image/image.ts";
import { compareStep } from "../plan/read_only_steps.ts";
import type { StepContext } from "../plan/step_context.ts";
import type { Step } from "../plan/step.ts";
import { withBootloader } from "./client.ts";
import { type Partition, partitionNamed } from "./partition.ts";
import type { Words } from "../common/text.ts";

/** An image and the partition that should hold it. */
export interface PartitionComparison {
  readonly image: Image;
  /** Name of the partition. */
  readonly partition: string;
  /** Name for people: "firmware". */
  readonly region: Words;
  /** Expected milliseconds. */
  readonly weight: number;
}

/** Compares an image with a partition, through a caught bootloader. */
export function comparePartitionStep(
  table: readonly Partition[],
  { partition, ...comparison }: PartitionComparison,
): Step {
  return compareStep({
    ...comparison,
    address: partitionNamed(table, partition).start,
    compare: (context) => comparePartition(context, table, partition, comparison.image.bytes),
  });
}

/**
 * Reads a partition from its start through a caught bootloader.
 * @throws UnbrickError `verify-failed` where it differs from `bytes`
 */
export async function comparePartition(
  context: StepContext,
  table: readonly Partition[],
  name: string,
  bytes: Uint8Array,
): Promise<void> {
  await withBootloader(context, table, async ({ memory, partition }) => {
    await memory.verify(partition(name), bytes, {
      signal: context.signal,
      onProgress: ({ done, total }) => context.progress(done, total),
    });
  });
}
