import { UnbrickError } from "../common/errors.ts";
import { hex } from "../common/format.ts";
import { text } from "../common/text.ts";
import type { Board } from "../family/board.ts";
import type { Image } from "./image.ts";
import { indexOf } from "./search.ts";

/**
 * The name of each board in its firmware, over the generations (openmv-runtime.md 4.2). Every
 * firmware image contains the text, and `omv.arch()` returns it.
 */
export interface Architecture {
  readonly text: string;
  /** Id of unbrick's board; undefined for one that was never sold or is not supported. */
  readonly boardId?: string;
  readonly boardName: string;
}

export const architectures: readonly Architecture[] = [
  { text: "OMV2 F4 256 JPEG", boardId: "openmv-m4", boardName: "OpenMV Cam M4" },
  { text: "OMV7 F7 512 JPEG", boardId: "openmv-m7", boardName: "OpenMV Cam M7" },
  { text: "OMV3 F7 512", boardId: "openmv-m7", boardName: "OpenMV Cam M7" },
  { text: "OMV4 H7 1024", boardId: "openmv-h7", boardName: "OpenMV Cam H7" },
  { text: "OMV4 H7 PRO 32768 SDRAM", boardName: "OpenMV Cam H7 Pro" },
  { text: "OMV4R H7 32768 SDRAM", boardId: "openmv-h7-plus", boardName: "OpenMV Cam H7 Plus" },
  { text: "OMV4P H7 32768 SDRAM", boardId: "openmv-h7-plus", boardName: "OpenMV Cam H7 Plus" },
  {
    text: "OPENMVPURETHERMAL 65536 SDRAM",
    boardId: "openmv-pure-thermal",
    boardName: "OpenMV Pure Thermal",
  },
  {
    text: "OPENMVPT 65536 SDRAM",
    boardId: "openmv-pure-thermal",
    boardName: "OpenMV Pure Thermal",
  },
  { text: "OMVRT1060 32768 SDRAM", boardId: "openmv-rt1062", boardName: "OpenMV Cam RT1062" },
  { text: "OpenMV N6", boardId: "openmv-n6", boardName: "OpenMV N6" },
  { text: "OPENMV AE3", boardId: "openmv-ae3", boardName: "OpenMV AE3" },
  {
    text: "PORTENTA H7 8192 SDRAM",
    boardId: "arduino-portenta-h7",
    boardName: "Arduino Portenta H7",
  },
  { text: "GIGA H7 8192 SDRAM", boardId: "arduino-giga", boardName: "Arduino Giga" },
  { text: "NICLAV H7 1024", boardId: "arduino-nicla-vision", boardName: "Arduino Nicla Vision" },
  { text: "BORMIO H7 1024", boardId: "arduino-nicla-vision", boardName: "Arduino Nicla Vision" },
  {
    text: "NANO33 M4",
    boardId: "arduino-nano-33-ble",
    boardName: "Arduino Nano 33 BLE Sense",
  },
  {
    text: "PICO M0",
    boardId: "arduino-nano-rp2040",
    boardName: "Arduino Nano RP2040 Connect",
  },
];

/**
 * Bytes of the longest name: two pieces of a flash must overlap this far so that none is missed.
 */
export const longestArchitecture = Math.max(...architectures.map(({ text }) => text.length));

/** Returns the names in a firmware and their offsets. */
export function architecturesIn(bytes: Uint8Array): (Architecture & { readonly offset: number })[] {
  return architectures.flatMap((one) => {
    const offset = indexOf(bytes, one.text);
    return offset < 0 ? [] : [{ ...one, offset }];
  });
}

/**
 * Refuses a firmware that names another board, and not this one as well.
 * @throws UnbrickError `wrong-board`
 */
export function refuseOtherArchitecture({ name, bytes }: Image, board: Board): void {
  const found = architecturesIn(bytes);
  if (found.length === 0 || found.some(({ boardId }) => boardId === board.id)) return;
  const [{ text: mark, boardName, offset }] = found;
  throw new UnbrickError(
    "wrong-board",
    text`${name} is made for the ${boardName}, not for the ${board.name} (at offset
      ${hex(offset, 1)}: board name "${mark}").`,
    { file: name, offset, reason: mark, board: board.id },
  );
}

/** Returns true if the firmware names this board. */
export function namesBoard(bytes: Uint8Array, { id }: Pick<Board, "id">): boolean {
  return architecturesIn(bytes).some(({ boardId }) => boardId === id);
}
