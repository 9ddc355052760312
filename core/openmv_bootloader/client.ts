import type { CameraAccess, SessionKind } from "../device/camera_access.ts";
import type { DetectedDevice } from "../device/detected_device.ts";
import type { DfuPartition, PartitionMemory } from "../protocols/dfu/client/memory_access.ts";
import { PartitionClient } from "../protocols/dfu/client/partition_client.ts";
import { UnbrickError } from "../common/errors.ts";
import { BLOCK_SIZE } from "./identity.ts";
import { type Partition, partitionSize } from "./partition.ts";
import { text } from "../common/text.ts";

/** A camera in its bootloader, open for use. */
export interface OpenBootloader {
  readonly detected: DetectedDevice;
  readonly memory: PartitionMemory;
  /**
   * Returns the partition of that name. @throws UnbrickError `wrong-board` if this bootloader has
   * none.
   */
  partition(name: string): DfuPartition;
  /**
   * Sends one UPLOAD: from then on the bootloader stays until it is told to leave (openmv-boards.md
   * 5.3).
   */
  hold(): Promise<void>;
  /** Resets the port, which ends the bootloader. */
  reset(): Promise<void>;
}

interface BootloaderSession extends Pick<OpenBootloader, "detected" | "memory" | "reset"> {}

const bootloaderSession: SessionKind<BootloaderSession> = {
  modes: ["bootloader"],
  name: text`its bootloader`,
  async start(device, detected, { clock }) {
    const memory = await PartitionClient.open(device, clock);
    return { detected, memory, reset: () => device.reset() };
  },
};

/**
 * Runs `work` with the bootloader of this camera, which stays in it meanwhile.
 * @param table the board's partitions: their sizes; the alternates are found by name.
 * @throws UnbrickError `disconnected` if the camera is not in its bootloader
 */
export async function withBootloader<T>(
  camera: CameraAccess,
  table: readonly Partition[],
  work: (bootloader: OpenBootloader) => Promise<T>,
): Promise<T> {
  return await camera.use(bootloaderSession, async (session) => {
    const { detected, memory } = session;
    const partitions = partitionsOf(detected, table);
    if (partitions.length === 0) throw detected.seen.unreadable ?? nameless(camera);
    return await work({
      ...session,
      partition(name) {
        const found = partitions.find((one) => one.name === name);
        if (found) return found;
        throw hasNameless(detected) ? nameless(camera) : missing(name, camera);
      },
      async hold() {
        await memory.uploadBlock(partitions[0], 0, BLOCK_SIZE);
      },
    });
  });
}

/**
 * Returns the alternate settings by the names that the device reported; sizes come from the table.
 */
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

/** Returns true if an alternate setting has a name that the bootloader did not report. */
function hasNameless({ seen: { usb, interfaceNames } }: DetectedDevice): boolean {
  return usb.configurations[0]?.interfaces.some((one) =>
    one.iInterface !== 0 && !interfaceNames.has(`${one.bInterfaceNumber}:${one.bAlternateSetting}`)
  ) ?? false;
}

function nameless({ board }: CameraAccess): UnbrickError {
  return new UnbrickError(
    "stalled",
    text`The bootloader of this ${board.name} did not give the names of all its partitions.`,
    { board: board.id },
  );
}

/**
 * Returns the error for a missing partition: bootloaders of firmware 4.6 have no ROMFS0
 * (openmv-boards.md 4.1, 5.2.1).
 */
function missing(name: string, { board }: CameraAccess): UnbrickError {
  return new UnbrickError(
    "wrong-board",
    text`The bootloader in this ${board.name} is too old: it has no partition ${name}.`,
    { board: board.id, partition: name },
  );
}
