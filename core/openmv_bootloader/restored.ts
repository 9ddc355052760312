import { isKind } from "../common/errors.ts";
import type { StepContext } from "../plan/step_context.ts";
import { type OpenBootloader, withBootloader } from "./client.ts";
import type { Partition } from "./partition.ts";

/**
 * Returns true if the camera is already in its bootloader and nothing is left to do; then it is
 * held.
 * @param check throws `verify-failed` if the bootloader is the wrong one
 */
export async function isRestored(
  context: StepContext,
  table: readonly Partition[],
  check: (bootloader: OpenBootloader) => Promise<void>,
): Promise<boolean> {
  try {
    await withBootloader(context, table, async (bootloader) => {
      await bootloader.hold();
      await check(bootloader);
    });
    return true;
  } catch (error) {
    if (isKind(error, "verify-failed", "disconnected", "wrong-board")) return false;
    throw error;
  }
}
