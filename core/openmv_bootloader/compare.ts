import type { StepContext } from "../plan/step_context.ts";
import { withBootloader } from "./client.ts";
import type { Partition } from "./partition.ts";

/**
 * Compares a partition from its start with `bytes`, through a held bootloader.
 * @throws UnbrickError `verify-failed` if it differs from `bytes`
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
