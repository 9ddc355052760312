import { Buffer } from "node:buffer";
import { BootloaderHeader, bootloaderHeaderOffset } from "../../core/image/inspect.ts";
import { type AddressRange, isResetVectorIn, isStackIn } from "../../core/image/vector_check.ts";
import { partitionNamed } from "../../core/openmv_bootloader/partition.ts";
import { boards, type Stm32Board } from "./boards.ts";
import { FLASH_BASE } from "./chips.ts";
import { marksIn } from "./marks.ts";
import { VectorTable } from "../../core/common/vector_table.ts";
import { descriptorOfVersion } from "../../core/openmv_bootloader/identity.ts";

/** Finds what a simulated chip would run, by what its flash really contains. */

/** Images with equal first bytes count as the same; then every other byte must be equal too. */
const RECOGNISED_BY = 1_024;

/** A bootloader that starts: its board, and the bcdDevice it shows. */
export interface RunnableBootloader {
  readonly board: Stm32Board;
  /** 0x0200 without a version header (openmv-boards.md 1.2). */
  readonly bcdDevice: number;
}

/** Returns the bootloader in these bytes of its region; undefined if the core would crash in it. */
export function runnableBootloader(
  bytes: Uint8Array,
  board: Stm32Board,
  known: readonly Uint8Array[],
): RunnableBootloader | undefined {
  if (!starts(bytes, FLASH_BASE, [board.processor.bootloaderStack], known)) return undefined;
  const id = marksIn(bytes).bootloader[0]?.boardId;
  const owner = boards.find((one) => one.id === id);
  if (owner?.processor !== board.processor) return undefined;
  const header = BootloaderHeader.tryDecode(bytes, bootloaderHeaderOffset);
  return {
    board: owner,
    bcdDevice: descriptorOfVersion(header),
  };
}

/** Returns the USB product id of the firmware in these bytes; undefined if it would crash. */
export function runnableFirmware(
  bytes: Uint8Array,
  board: Stm32Board,
  known: readonly Uint8Array[],
): number | undefined {
  const { start } = partitionNamed(board.partitions, "FIRMWARE");
  if (!starts(bytes, start, board.processor.ram, known)) return undefined;
  const id = marksIn(bytes).firmware[0]?.boardId;
  return id === board.id ? board.firmwareProductId : undefined;
}

function starts(
  bytes: Uint8Array,
  address: number,
  stack: readonly AddressRange[],
  known: readonly Uint8Array[],
): boolean {
  const { initialStackPointer, resetVector } = VectorTable.decode(bytes);
  return isStackIn(stack, initialStackPointer) &&
    isResetVectorIn(resetVector, address, bytes.length) && !isDamaged(bytes, known);
}

/** Returns true if a known image begins here and none of those continues as it should. */
function isDamaged(bytes: Uint8Array, known: readonly Uint8Array[]): boolean {
  const begun = known.filter((one) => equals(one.subarray(0, RECOGNISED_BY), bytes));
  return begun.length > 0 && !begun.some((one) => equals(one, bytes));
}

function equals(image: Uint8Array, bytes: Uint8Array): boolean {
  return Buffer.compare(image, bytes.subarray(0, image.length)) === 0;
}
