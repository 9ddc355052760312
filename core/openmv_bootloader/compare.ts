import type { OnRead } from "../plan/read_back.ts";
import type { StepContext } from "../plan/step_context.ts";
import { withBootloader } from "./client.ts";
import { type Partition, partitionNamed } from "./partition.ts";

/**
 * Reads a partition from its start through a caught bootloader, and hands over what came.
 * @throws UnbrickError `verify-failed` if it differs from `bytes`
 */
export async function comparePartition(
  context: StepContext,
  table: readonly Partition[],
  name: string,
  bytes: Uint8Array,
  onRead: OnRead,
): Promise<void> {
  const { start } = partitionNamed(table, name);
  await withBootloader(context, table, async ({ memory, partition }) => {
    await memory.verify(partition(name), bytes, {
      signal: context.signal,
      onProgress: ({ done, total }) => context.progress(done, total),
      onRead: (read, offset) => onRead(read, start + offset),
    });
  });
}
