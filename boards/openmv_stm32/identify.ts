import type { DfuSeMemory } from "../../core/protocols/dfu/client/memory_access.ts";
import type { CameraAccess } from "../../core/device/camera_access.ts";
import type { DetectedDevice } from "../../core/device/detected_device.ts";
import { isKind } from "../../core/common/errors.ts";
import type { Identity } from "../../core/family/family.ts";
import { hex } from "../../core/common/format.ts";
import { concat, isFilledWith } from "../../core/common/bytes.ts";
import { partitionNamed } from "../../core/openmv_bootloader/partition.ts";
import { boards } from "./boards.ts";
import { FLASH_BASE, flashSize } from "./chips.ts";
import { LONGEST_MARK, type Mark, marksIn } from "./marks.ts";
import { withRom } from "./rom.ts";
import { text } from "../../core/common/text.ts";

/** Bytes read at a time; also the smallest distance between the sector starts that are checked. */
const PIECE = 16_384;
/** Bytes of a sector that are enough to see that it is blank. */
const PROBE = 1_024;

/** Progress in bytes of the flash that were searched. */
interface SearchRun {
  readonly signal: AbortSignal;
  onProgress?(done: number, total: number): void;
}

/** Identifies the board of a camera in its ROM bootloader. Only reads. */
export async function identify(camera: CameraAccess, detected: DetectedDevice): Promise<Identity> {
  const { boardIds, mode } = detected;
  if (mode !== "rom" || boardIds.length === 1) return { boardIds, evidence: [] };
  try {
    const { signal } = camera;
    return await withRom(camera, (memory) => readIdentity(memory, boardIds, { signal }));
  } catch (error) {
    if (!isKind(error, "protected", "disconnected")) throw error;
    return { boardIds, evidence: [error.text] };
  }
}

/**
 * Identifies the board among those possible, by what is left in flash. The firmware counts first,
 * because a wrong bootloader may be the reason for the failure; then the rest of the bootloader.
 * The first mark decides; without a mark all the boards remain possible.
 */
export async function readIdentity(
  memory: DfuSeMemory,
  boardIds: readonly string[],
  run: SearchRun,
): Promise<Identity> {
  const board = boards.find(({ id }) => boardIds.includes(id))!;
  const firmware = partitionNamed(board.partitions, "FIRMWARE").start;
  const end = FLASH_BASE + flashSize(board.processor);
  const search = new Search(memory, end - FLASH_BASE, run);
  const mark = await search.firstMark(firmware, end, "firmware") ??
    await search.firstMark(FLASH_BASE, firmware, "bootloader");
  if (!mark) {
    return { boardIds, evidence: [text`Nothing in the flash says which board this is.`] };
  }
  const { where, found } = mark;
  return {
    boardIds: boardIds.filter((id) => id === found.boardId),
    evidence: [
      text`The ${programs[mark.program]} in flash is for the ${found.boardName}: ${found.text} at
        ${hex(where)}.`,
    ],
  };
}

const programs = { firmware: text`firmware`, bootloader: text`bootloader` } as const;

class Search {
  #done = 0;

  constructor(
    private readonly memory: DfuSeMemory,
    private readonly total: number,
    private readonly run: SearchRun,
  ) {}

  /** Reads from `start` on, skipping blank sectors, until it finds a program's mark. */
  async firstMark(start: number, end: number, program: keyof typeof programs) {
    let tail: Uint8Array = new Uint8Array();
    for (let at = start; at < end; at += PIECE) {
      const isBlank = isFilledWith(await this.#read(at, PROBE), 0xFF);
      const bytes = isBlank ? new Uint8Array() : await this.#read(at, PIECE);
      const window = concat([tail, bytes]);
      const found: Mark | undefined = marksIn(window)[program][0];
      if (found) return { found, program, where: at - tail.length + found.offset };
      tail = window.slice(-LONGEST_MARK);
      this.run.onProgress?.(this.#done += PIECE, this.total);
    }
  }

  #read(address: number, length: number): Promise<Uint8Array> {
    return this.memory.readRange(address, length, { signal: this.run.signal });
  }
}
