import { text, type Words } from "../common/text.ts";
import type { FieldDevice, FieldFact } from "../family/field_fact.ts";
import { BLOCK_SIZE, OPENMV_VENDOR_ID } from "./identity.ts";

/** What a field test judges of every OpenMV DFU bootloader. */
export interface BootloaderFacts {
  readonly bootloaderProductId: number;
  readonly firmwareProductId: number;
  /** From the bootloader leaving to the firmware on USB, in the model, milliseconds. */
  readonly startMs: number;
}

/** Returns the facts about the time that the bootloader waits, and that the firmware needs to start. */
export function bootloaderFacts(
  { bootloaderProductId, firmwareProductId, startMs }: BootloaderFacts,
): FieldFact[] {
  const bootloader = openMv(bootloaderProductId), firmware = openMv(firmwareProductId);
  return [
    {
      id: "window",
      title: text`The bootloader waits for a command`,
      source: "openmv-boards.md 5.3",
      watch: { of: "stay", device: bootloader },
      modelMs: 1500,
    },
    {
      id: "firmware-start",
      title: text`From the bootloader leaving to the firmware on USB`,
      source: "openmv-boards.md 5.4",
      watch: { of: "change", from: bootloader, to: firmware },
      modelMs: startMs,
    },
  ];
}

/** Times of the memory behind a partition, milliseconds. */
export interface PartitionTimes {
  /** Short and unique: begins the ids of the facts. */
  readonly id: string;
  /** Name of the memory: "QSPI flash". */
  readonly memory: Words;
  readonly source: string;
  readonly bootloaderProductId: number;
  readonly partition: string;
  /** Offset of the first sector that counts, bytes. Default 0. */
  readonly from?: number;
  /** Bytes erased at once; left out: nothing is erased. */
  readonly sector?: number;
  readonly eraseMs?: number;
  /** To program a block of 4096 bytes. */
  readonly blockMs: number;
}

/** Returns the facts about how long a block takes, with and without the erase of its sector. */
export function partitionFacts(
  { id, memory, source, bootloaderProductId, partition, ...times }: PartitionTimes,
): FieldFact[] {
  const { from = 0, sector = Infinity, eraseMs = 0, blockMs } = times;
  const device = openMv(bootloaderProductId);
  const watch = { of: "dfu-block", device, partition, from, sector } as const;
  const kib = sector / 1024;
  return [
    ...(eraseMs > 0
      ? [{
        id: `${id}-erase`,
        title: text`${memory}: erase of ${kib} KiB, and a block of 4 KiB`,
        source,
        watch: { ...watch, erases: true },
        modelMs: eraseMs + blockMs,
      }]
      : []),
    // Where each block erases its sector, none is only programmed.
    ...(sector > BLOCK_SIZE
      ? [{
        id: `${id}-block`,
        title: text`${memory}: a block of 4 KiB without an erase`,
        source,
        watch: { ...watch, erases: false },
        modelMs: blockMs,
      }]
      : []),
  ];
}

const openMv = (productId: number): FieldDevice => ({ vendorId: OPENMV_VENDOR_ID, productId });
