import { usbId } from "../../core/common/format.ts";
import {
  findArchString,
  findDeviceDescriptors,
  withoutBlankEnd,
} from "../../core/image/inspect.ts";
import { OPENMV_VENDOR_ID } from "../../core/openmv_bootloader/identity.ts";
import { boards } from "./boards.ts";
import { text, type Words } from "../../core/common/text.ts";

/** A part of a program, in a file or in flash, that shows for which board it was built. */
export interface Mark {
  readonly offset: number;
  /** `USB id 37c5:9204`, or `board name "OMV4 H7 1024"`. */
  readonly text: Words;
  /** Undefined for a board of another family. */
  readonly boardId?: string;
  readonly boardName: Words;
}

export interface Marks {
  readonly bootloader: readonly Mark[];
  readonly firmware: readonly Mark[];
}

/**
 * Boards of other families, whose programs must not be written here (openmv-boards.md 0.1, 1.1).
 */
const foreignArchitectures = [
  ["PORTENTA H7 ", "Arduino Portenta H7"],
  ["GIGA H7 ", "Arduino Giga"],
  ["NICLAV H7 ", "Arduino Nicla Vision"],
  ["OMVRT1060 ", "OpenMV Cam RT1062"],
] as const;
const foreignProducts = new Map([
  [0x9206, "OpenMV N6"],
  [0x96E3, "OpenMV AE3"],
  [0x9060, "OpenMV Cam RT1062"],
  [0x1206, "OpenMV N6"],
  [0x16E3, "OpenMV AE3"],
  [0x1060, "OpenMV Cam RT1062"],
]);

/** Length of the longest mark in bytes; pieces of flash must overlap by this much to miss none. */
export const LONGEST_MARK = 24;

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
  const names: readonly { architecture: string; boardId?: string; boardName: string }[] = [
    ...boards.map(({ architecture, id, name }) => ({
      architecture,
      boardId: id,
      boardName: name,
    })),
    ...foreignArchitectures.map(([architecture, boardName]) => ({ architecture, boardName })),
  ];
  return names.flatMap(({ architecture, boardId, boardName }) => {
    const offset = findArchString(bytes, architecture);
    return offset < 0
      ? []
      : [{ offset, text: text`board name "${architecture.trim()}"`, boardId, boardName }];
  });
}

function ownerOf(productId: number): { boardId?: string; boardName: Words } {
  const board = boards.find(({ firmwareProductId, bootloaderProductId }) =>
    productId === firmwareProductId || productId === bootloaderProductId
  );
  if (board) return { boardId: board.id, boardName: board.name };
  return { boardName: foreignProducts.get(productId) ?? text`board of another maker or series` };
}
