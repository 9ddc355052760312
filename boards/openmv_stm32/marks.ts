import { usbId } from "../../core/common/format.ts";
import { architecturesIn, longestArchitecture } from "../../core/image/architectures.ts";
import { findDeviceDescriptors, withoutBlankEnd } from "../../core/image/inspect.ts";
import { OPENMV_VENDOR_ID } from "../../core/openmv_bootloader/identity.ts";
import { boards } from "./boards.ts";
import { text, type Words } from "../../core/common/text.ts";

/** A part of a program, in a file or in flash, that shows for which board it was built. */
export interface Mark {
  readonly offset: number;
  /** `USB id 37c5:9204`, or `board name "OMV4 H7 1024"`. */
  readonly text: Words;
  /** Undefined for a board that unbrick does not know. */
  readonly boardId?: string;
  readonly boardName: Words;
}

export interface Marks {
  readonly bootloader: readonly Mark[];
  readonly firmware: readonly Mark[];
}

/** Boards outside of this family, whose programs must not come here (openmv-boards.md 0.1). */
const foreignProducts = new Map([
  [0x9206, "OpenMV N6"],
  [0x96E3, "OpenMV AE3"],
  [0x9060, "OpenMV Cam RT1062"],
  [0x1206, "OpenMV N6"],
  [0x16E3, "OpenMV AE3"],
  [0x1060, "OpenMV Cam RT1062"],
]);

/** Longest mark in bytes: what two pieces of a flash must overlap so that none is missed. */
export const LONGEST_MARK = longestArchitecture;

/**
 * Finds the marks in a piece of flash or a file. A bootloader contains its USB device descriptor
 * with a 92xx product id; a firmware contains its board name as text and, if newer, a descriptor
 * with a 12xx product id (openmv-boards.md 1.1, 2.1; both inferred from source code, not tried on
 * release files).
 */
export function marksIn(flash: Uint8Array): Marks {
  const bytes = withoutBlankEnd(flash);
  const descriptors = findDeviceDescriptors(bytes, OPENMV_VENDOR_ID).map((
    { offset, productId },
  ) => ({
    productId,
    isBootloader: productId >> 12 === 9,
    mark: {
      offset,
      text: text`USB id ${usbId(OPENMV_VENDOR_ID, productId)}`,
      ...ownerOf(productId),
    },
  }));
  const of = (isBootloader: boolean) =>
    descriptors.filter((one) => one.isBootloader === isBootloader).map(({ mark }) => mark);
  return { bootloader: of(true), firmware: [...architectureMarks(bytes), ...of(false)] };
}

function architectureMarks(bytes: Uint8Array): Mark[] {
  return architecturesIn(bytes).map(({ text: architecture, offset, boardId, boardName }) => ({
    offset,
    text: text`board name "${architecture}"`,
    boardId,
    boardName,
  }));
}

function ownerOf(productId: number): { boardId?: string; boardName: Words } {
  const board = boards.find(({ firmwareProductId, bootloaderProductId }) =>
    productId === firmwareProductId || productId === bootloaderProductId
  );
  if (board) return { boardId: board.id, boardName: board.name };
  return { boardName: foreignProducts.get(productId) ?? text`board of another maker or series` };
}
