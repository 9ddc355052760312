import { isKind, UnbrickError } from "../common/errors.ts";
import { text } from "../common/text.ts";
import type { BootloaderCommand } from "../family/board.ts";
import type {
  DfuPartition,
  DfuRun,
  PartitionMemory,
} from "../protocols/dfu/client/memory_access.ts";
import { BLOCK_SIZE } from "./identity.ts";

/** Commands of a bootloader, which are given by writing a key to a special alternate setting. */

/**
 * Sends the key. It reads nothing before or afterwards, because the alternate setting cannot be
 * read.
 *
 * @throws UnbrickError `device-status` with the command's own reason if the bootloader refuses it
 */
export async function sendCommand(
  memory: PartitionMemory,
  partition: DfuPartition,
  { bytes, deadlineMs, refused }: BootloaderCommand,
  run: DfuRun,
): Promise<void> {
  try {
    await memory.write(partition, bytes, { ...run, blockDeadlineMs: deadlineMs });
  } catch (error) {
    if (!isKind(error, "device-status")) throw error;
    throw new UnbrickError("device-status", refused, error.data, { cause: error });
  }
}

/**
 * Reads the first block of each partition that the command leaves blank.
 *
 * @throws UnbrickError `verify-failed`
 */
export async function refuseUnlessBlank(
  memory: PartitionMemory,
  partitions: readonly DfuPartition[],
  { blanks }: BootloaderCommand,
  run: DfuRun,
): Promise<void> {
  for (const name of blanks) {
    const partition = partitions.find((one) => one.name === name);
    const bytes = partition && await memory.read(partition, BLOCK_SIZE, run);
    const isBlank = bytes && (bytes[0] === 0 || bytes[0] === 0xFF) &&
      bytes.every((byte) => byte === bytes[0]);
    if (isBlank) continue;
    throw new UnbrickError(
      "verify-failed",
      text`The bootloader accepted the key, but the partition ${name} is not blank.`,
      { partition: name },
    );
  }
}
