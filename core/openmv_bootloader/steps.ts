import { isKind } from "../common/errors.ts";
import type { StepContext } from "../plan/step_context.ts";
import type { Step } from "../plan/step.ts";
import { type MemoryWrite, writeStep } from "../plan/write_step.ts";
import { catchBootloader, type CatchOptions } from "./catch.ts";
import { type OpenBootloader, withBootloader } from "./client.ts";
import { BLOCK_SIZE, isLegacyBootloader } from "./identity.ts";
import { firmwareAppears, takeSensorOff } from "./not_started.ts";
import { type Partition, partitionNamed } from "./partition.ts";
import { text } from "../common/text.ts";

/** Expected time to find the camera on the bus and hold it, milliseconds. */
const CATCH_MS = 500;
/** Expected time until a bootloader has left, milliseconds. */
const LEAVE_WEIGHT_MS = 500;
/** Longest time until firmware appears on the bus (openmv-boards.md 5.4). */
const START_MS = 10_000;
/** Longest time until a bootloader leaves the bus after the command. */
const LEAVE_MS = 3_000;

/** Returns the first step of a flash: "Catch the camera in its bootloader". */
export function catchStep(options: CatchOptions & { readonly needs: readonly string[] }): Step {
  return {
    id: "enter-bootloader",
    title: text`Bring the camera into its bootloader`,
    weight: CATCH_MS,
    effect: "none",
    async run(context) {
      await catchBootloader(context, {
        ...options,
        check: (bootloader) => refuseMissingPartitions(bootloader, options.needs),
      });
    },
  };
}

/** Refuses a bootloader without one of the partitions, before anything is written. */
export function refuseMissingPartitions(
  bootloader: OpenBootloader,
  names: readonly string[],
): void {
  for (const name of names) bootloader.partition(name);
}

/** What a step writes into a partition. */
export interface PartitionWrite extends Omit<MemoryWrite, "address" | "use"> {
  readonly table: readonly Partition[];
  /** Name of the partition. */
  readonly partition: string;
}

/**
 * Returns a step that writes a partition from its first block on, unless it already contains the
 * bytes, and reads it back.
 */
export function writePartitionStep({ table, partition, ...step }: PartitionWrite): Step {
  const { start } = partitionNamed(table, partition);
  return writeStep({
    ...step,
    address: start,
    use: (context, work) =>
      withBootloader(context, table, ({ memory, partition: find }) =>
        work({
          writeRange: (_address, bytes, run) => memory.write(find(partition), bytes, run),
          verifyRange: (_address, bytes, run) =>
            memory.verify(find(partition), bytes, {
              ...run,
              onRead: (read, offset) => run.onRead?.(read, start + offset),
            }),
        })),
  });
}

/**
 * Returns a step that zeroes the first block, which makes the firmware format a new file system
 * (openmv-boards.md 3.1).
 */
export function eraseFilesystemStep(
  table: readonly Partition[],
  partition: string,
  weight: number,
): Step {
  return writePartitionStep({
    id: "erase-filesystem",
    title: text`Erase the file system`,
    table,
    partition,
    region: text`file system`,
    content: new Uint8Array(BLOCK_SIZE),
    weight,
  });
}

/** Zeroes the first block of a partition. */
export async function zeroFirstBlock(
  context: StepContext,
  table: readonly Partition[],
  partition: string,
): Promise<void> {
  await withBootloader(context, table, async (bootloader) => {
    await bootloader.memory.write(bootloader.partition(partition), new Uint8Array(BLOCK_SIZE), {
      signal: context.signal,
    });
  });
}

/**
 * Returns a step that starts the firmware: DETACH, a port reset if the bootloader is too old to
 * obey, a replug if that does not help either; then the running camera must appear.
 */
export function startStep(options: CatchOptions): Step {
  const { partitions } = options;
  const running = (context: StepContext) => ({
    what: text`the ${context.board.name} with its firmware running`,
    modes: ["firmware"] as const,
    accept: (seen: { readonly seen: Parameters<typeof isLegacyBootloader>[0] }) =>
      !isLegacyBootloader(seen.seen),
  });
  return {
    id: "start-firmware",
    title: text`Start the camera`,
    weight: 1_000,
    effect: "none",
    async run(context) {
      await leaveBootloader(context, partitions);
      try {
        await context.waitFor({ ...running(context), deadlineMs: START_MS });
      } catch (error) {
        if (!isKind(error, "timeout", "wrong-board")) throw error;
        context.note(text`The camera did not start by itself.`);
        context.note(takeSensorOff);
        await firmwareAppears(() => context.request(options.replug, running(context)));
      }
    },
    async prove(context) {
      const detected = await firmwareAppears(() =>
        context.waitFor({ ...running(context), deadlineMs: START_MS })
      );
      return {
        claim: text`The camera started and appeared as ${detected.title}.`,
        evidence: "alive",
      };
    },
  };
}

/** Returns the last step of read-only jobs: the camera continues normally. */
export function leaveStep(table: readonly Partition[]): Step {
  return {
    id: "leave",
    title: text`Release the camera`,
    weight: LEAVE_WEIGHT_MS,
    effect: "none",
    run: (context) => leaveBootloader(context, table),
  };
}

/** Returns the last step of a restore of the bootloader alone. */
export function leaveNewBootloaderStep(table: readonly Partition[]): Step {
  return {
    id: "leave-bootloader",
    title: text`Let the camera start`,
    weight: LEAVE_WEIGHT_MS,
    effect: "none",
    run: (context) => leaveBootloader(context, table),
  };
}

/** Tells the bootloader to leave, and waits until it is off the bus; a refusal is only noted. */
export async function leaveBootloader(
  context: StepContext,
  table: readonly Partition[],
): Promise<void> {
  const detected = await context.detected(["bootloader"]);
  if (!detected) return;
  const attempts = [
    (bootloader: OpenBootloader) => bootloader.memory.detach(1_000),
    (bootloader: OpenBootloader) => bootloader.reset(),
  ];
  for (const attempt of attempts) {
    try {
      await withBootloader(context, table, attempt);
      await context.waitGone(detected, LEAVE_MS);
      return;
    } catch (error) {
      if (isKind(error, "disconnected")) return;
      if (!isKind(error, "timeout", "stalled", "protocol")) throw error;
    }
  }
  context.note(text`The bootloader did not start the camera.`);
}
