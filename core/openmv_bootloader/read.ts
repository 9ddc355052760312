import { UnbrickError } from "../common/errors.ts";
import { byteCount, byteSize, hex } from "../common/format.ts";
import { throwIfAborted } from "../common/clock.ts";
import type { StepContext } from "../plan/step_context.ts";
import { type OpenBootloader, withBootloader } from "./client.ts";
import { BLOCK_SIZE } from "./identity.ts";
import type { Partition } from "./partition.ts";
import { text } from "../common/text.ts";

/** A range of one of the camera's memories. */
export interface MemoryRange {
  /** As in `Partition`. */
  readonly memory: string;
  readonly address: number;
  /** Bytes. */
  readonly length: number;
}

interface Piece {
  readonly partition: Partition;
  readonly offset: number;
  readonly length: number;
}

/**
 * Reads a range through a held bootloader, across partitions if necessary.
 *
 * @param onProgress bytes read so far; default: the progress of the step
 */
export async function readMemory(
  context: StepContext,
  table: readonly Partition[],
  range: MemoryRange,
  onProgress: (done: number) => void = (done) => context.progress(done, range.length),
): Promise<Uint8Array> {
  const bytes = new Uint8Array(range.length);
  await withBootloader(context, table, async (bootloader) => {
    let at = 0;
    for (const piece of piecesOf(table, range)) {
      await readPiece(context, bootloader, piece, (block) => {
        bytes.set(block, at);
        onProgress(at += block.length);
      });
    }
  });
  return bytes;
}

/** Reads a part of one partition through a caught bootloader; tells no progress. */
export async function readPartition(
  context: StepContext,
  table: readonly Partition[],
  piece: Piece,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(piece.length);
  let at = 0;
  await withBootloader(context, table, async (bootloader) => {
    await readPiece(context, bootloader, piece, (block) => {
      bytes.set(block, at);
      at += block.length;
    });
  });
  return bytes;
}

/**
 * Returns the partitions that contain a range, in order.
 * @throws UnbrickError `usage` if a part of it is in no partition.
 */
export function piecesOf(table: readonly Partition[], range: MemoryRange): readonly Piece[] {
  const { memory, address, length } = range;
  const pieces: Piece[] = [];
  for (let at = address; at < address + length;) {
    const partition = table.find((one) => one.memory === memory && one.start <= at && at < one.end);
    if (!partition) {
      throw new UnbrickError(
        "usage",
        text`The camera has no readable memory at ${hex(at)} (${byteSize(length)} from
          ${hex(address)}).`,
        { address, length },
      );
    }
    const end = Math.min(partition.end, address + length);
    pieces.push({ partition, offset: at - partition.start, length: end - at });
    at = end;
  }
  return pieces;
}

/** Reads with UPLOADs, from the block that contains `offset` on. */
async function readPiece(
  context: StepContext,
  bootloader: OpenBootloader,
  { partition: { name }, offset, length }: Piece,
  take: (block: Uint8Array) => void,
): Promise<void> {
  const partition = bootloader.partition(name);
  await bootloader.memory.select(partition);
  for (let at = offset; at < offset + length;) {
    throwIfAborted(context.signal);
    const block = Math.floor(at / BLOCK_SIZE), start = block * BLOCK_SIZE;
    const size = Math.min(start + BLOCK_SIZE, offset + length) - start;
    const bytes = await bootloader.memory.uploadBlock(partition, block, size);
    if (bytes.length < size) {
      throw new UnbrickError(
        "protocol",
        text`The camera sent only ${bytes.length} of ${byteCount(size)} of ${name} at offset
          ${hex(start)}.`,
        { partition: name, offset: start, asked: size, sent: bytes.length },
      );
    }
    take(bytes.subarray(at - start));
    at = start + size;
  }
}
