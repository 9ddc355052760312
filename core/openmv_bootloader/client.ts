import type { DetectedDevice } from "../device/detected_device.ts";
import type { DfuPartition, PartitionMemory } from "../protocols/dfu/client/memory_access.ts";
import { PartitionClient } from "../protocols/dfu/client/partition_client.ts";
import { UnbrickError } from "../common/errors.ts";
import type { StepContext } from "../plan/step_context.ts";
import { BLOCK_SIZE, type BootloaderVersion, versionFromDescriptor } from "./identity.ts";
import { type Partition, partitionSize } from "./partition.ts";

/** A camera in its bootloader, opened. */
export interface OpenBootloader {
  readonly detected: DetectedDevice;
  readonly memory: PartitionMemory;
  /** Undefined for bootloaders before 1.0.2, which do not tell. */
  readonly version: BootloaderVersion | undefined;
  /** True if the bootloader has an alternate setting of that name. */
  has(name: string): boolean;
  /** The partition of that name. @throws UnbrickError `wrong-board` if this bootloader has none. */
  partition(name: string): DfuPartition;
  /** One UPLOAD: from now on the bootloader stays until it is told to go (openmv-boards.md 5.3). */
  hold(): Promise<void>;
  /** Port reset; ends the bootloader. */
  reset(): Promise<void>;
}

/**
 * Opens the bootloader for `work` and closes it again; it stays where it is meanwhile.
 * @param table the board's partitions: their sizes; the alternates are found by name.
 */
export async function withBootloader<T>(
  context: StepContext,
  detected: DetectedDevice,
  table: readonly Partition[],
  work: (bootloader: OpenBootloader) => Promise<T>,
): Promise<T> {
  const partitions = partitionsOf(detected, table);
  if (partitions.length === 0) throw detected.seen.unreadable ?? nameless(context);
  const device = await context.usb.open(detected.seen.usb);
  try {
    const memory = await PartitionClient.open(device, context.clock);
    const find = (name: string) => partitions.find((one) => one.name === name);
    return await work({
      detected,
      memory,
      version: versionFromDescriptor(detected.seen.usb.descriptor.bcdDevice),
      has: (name) => find(name) !== undefined,
      partition(name) {
        const found = find(name);
        if (found) return found;
        throw hasNameless(detected) ? nameless(context) : missing(name, context);
      },
      async hold() {
        await memory.uploadBlock(partitions[0], 0, BLOCK_SIZE);
      },
      reset: () => device.reset(),
    });
  } finally {
    await device.close();
  }
}

/** As withBootloader, with the camera of this run, which an earlier step has caught. */
export async function withCaughtBootloader<T>(
  context: StepContext,
  table: readonly Partition[],
  work: (bootloader: OpenBootloader) => Promise<T>,
): Promise<T> {
  const detected = await context.detected(["bootloader"]);
  if (detected) return await withBootloader(context, detected, table, work);
  throw new UnbrickError(
    "disconnected",
    `The ${context.board.name} is no longer in its bootloader.`,
    { board: context.board.id },
  );
}

/** The alternate settings by the names that the device gave; sizes come from the table. */
function partitionsOf(
  detected: DetectedDevice,
  table: readonly Partition[],
): readonly DfuPartition[] {
  return [...detected.seen.interfaceNames].map(([key, name]) => {
    const known = table.find((partition) => partition.name === name);
    return {
      alternate: Number(key.split(":")[1]),
      name,
      ...(known && { size: partitionSize(known) }),
    };
  });
}

/** True if an alternate setting has a name that the bootloader did not give. */
function hasNameless({ seen: { usb, interfaceNames } }: DetectedDevice): boolean {
  return usb.configurations[0]?.interfaces.some((one) =>
    one.iInterface !== 0 && !interfaceNames.has(`${one.bInterfaceNumber}:${one.bAlternateSetting}`)
  ) ?? false;
}

function nameless({ board }: StepContext): UnbrickError {
  return new UnbrickError(
    "stalled",
    `The bootloader of this ${board.name} refused to tell the names of all its partitions.`,
    { board: board.id },
  );
}

/** openmv-boards.md 4.1, 5.2.1: bootloaders of firmware 4.6 have no ROMFS0. */
function missing(name: string, { board }: StepContext): UnbrickError {
  return new UnbrickError(
    "wrong-board",
    `The bootloader in this ${board.name} is too old: it has no partition ${name}, so "restore" ` +
      "must renew it first.",
    { board: board.id, partition: name },
  );
}
