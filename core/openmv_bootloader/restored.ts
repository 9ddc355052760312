import { isKind } from "../common/errors.ts";
import { readBackProof } from "../plan/memory_proof.ts";
import type { Proof } from "../plan/proof.ts";
import type { OnRead } from "../plan/read_back.ts";
import type { Target } from "../plan/step.ts";
import type { StepContext } from "../plan/step_context.ts";
import type { Words } from "../common/text.ts";
import { type OpenBootloader, withBootloader } from "./client.ts";
import type { Partition } from "./partition.ts";

/**
 * Returns the proof if the camera is in its bootloader already and nothing is to be done there; it
 * is held if so.
 * @param read hands over the targets; throws `verify-failed` if the bootloader is not the wanted one
 */
export async function restoredProof(
  context: StepContext,
  table: readonly Partition[],
  targets: readonly Target[],
  read: (bootloader: OpenBootloader, onRead: OnRead) => Promise<void>,
  claim?: Words,
): Promise<Proof | undefined> {
  try {
    return await readBackProof(context, targets, async (onRead) => {
      await withBootloader(context, table, async (bootloader) => {
        await bootloader.hold();
        await read(bootloader, onRead);
      });
    }, claim);
  } catch (error) {
    if (isKind(error, "verify-failed", "disconnected", "wrong-board")) return undefined;
    throw error;
  }
}
