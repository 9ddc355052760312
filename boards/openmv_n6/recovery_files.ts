import { firstDifference } from "../../core/common/bytes.ts";
import { UnbrickError } from "../../core/common/errors.ts";
import type { BoardImages, Image } from "../../core/image/image.ts";
import { requireImage } from "../../core/image/board_images.ts";
import { checkExternalLoader } from "../../core/protocols/serial_boot/packets/external_loader.ts";
import {
  type FlashLayout,
  layoutError,
  parseFlashLayout,
} from "../../core/protocols/serial_boot/packets/flash_layout.ts";
import { layoutDownload } from "../../core/protocols/serial_boot/packets/layout_download.ts";
import {
  checkLayout,
  checkLayoutSizes,
  isFlashRow,
  selectedRows,
} from "../../core/protocols/serial_boot/packets/layout_rules.ts";
import { PhaseId } from "../../core/protocols/serial_boot/packets/phase.ts";
import { LAYOUT_ROLE, ROW_ROLES } from "../../core/protocols/serial_boot/packets/row_roles.ts";
import type { FlashPart } from "../../core/protocols/serial_boot/client/open_bootloader_client.ts";
import { board, FLASH_BASE, layoutLimits } from "./boards.ts";
import { checkBootloader, checkOpenBootloader } from "./validate.ts";
import { text, type Words } from "../../core/common/text.ts";

/** The checked files of a restore: for the ROM, for OpenBootloader, and for flash. */
export interface RecoveryFiles {
  readonly fsbl: Image;
  readonly loader: Image;
  /** The contents of flash afterwards; the bootloader at offset 0 is the first. */
  readonly parts: readonly (FlashPart & { readonly image: Image; readonly address: number })[];
  /** The block that contains the layout for OpenBootloader. */
  readonly layout: Uint8Array;
  /** Warnings about the files, one sentence each. */
  readonly warnings: readonly Words[];
}

/** The layout used when none is given (stm32n6-serial-boot.md A.4). */
export const USUAL_LAYOUT = [
  ["P", "0x1", "fsbl-openbl", "Binary", "none", "0x0", board.roles[1].fileNames[0]],
  ["P", "0x3", "fsbl-extfl", "Binary", "none", "0x0", board.roles[2].fileNames[0]],
  ["P", "0x4", "fsbl-app", "Binary", "nor0", "0x0000000", "bootloader.bin"],
].map((fields) => fields.join("\t") + "\n").join("");

/** Hashes of the two helpers that OpenMV ships (stm32n6-serial-boot.md D.1). */
export const SHIPPED: Readonly<Record<string, string>> = {
  "fsbl": "24179fa4ab6d2b1faf5a28b83c14cb750e4d9ce24072f46d63708a00c436acf9",
  "external-loader": "98563bde70f56ca08999d9a0fd11027870f7e981b6e13b8d11acab98e2d81ac2",
};

/**
 * Takes the files of a restore from an image set and checks everything that can be checked without
 * the camera (stm32n6-serial-boot.md A.3, C).
 * @throws UnbrickError `not-found`, `bad-image` (for the layout with line and column),
 * `wrong-board`.
 */
export function recoveryFiles(images: BoardImages): RecoveryFiles {
  const layout = layoutOf(images);
  checkLayout(layout, layoutLimits);
  const fileOf = (id: number) => {
    const image = images.get(ROW_ROLES[id]);
    return image ??
      (id === PhaseId.EXTENSION ? undefined : requireImage(images, board, ROW_ROLES[id]));
  };
  checkLayoutSizes(layout, layoutLimits, (row) => fileOf(row.id)?.bytes.length);
  const flashRows = selectedRows(layout).filter(isFlashRow);
  const [first] = flashRows;
  if (first.offset !== 0) {
    const { Offset } = first.fields;
    const reason = text`the chip starts the program at offset 0, not at ${Offset.text}.`;
    throw layoutError(layout.name, first, { ...Offset, name: "Offset" }, reason);
  }
  const fsbl = fileOf(PhaseId.FSBL)!, loader = fileOf(PhaseId.LOADER)!;
  const bootloader = fileOf(PhaseId.APPLICATION)!;
  checkExternalLoader(loader.bytes, loader.name);
  return {
    fsbl,
    loader,
    parts: flashRows.map(({ id, offset }) => {
      const image = fileOf(id)!;
      return { id, offset: offset!, address: FLASH_BASE + offset!, bytes: image.bytes, image };
    }),
    layout: layoutDownload(layout),
    warnings: [
      ...checkOpenBootloader(fsbl),
      ...checkBootloader(bootloader),
      ...[fsbl, loader].filter(isUnknown).map((image) =>
        text`${image.name} is not the file that OpenMV provides.`
      ),
    ],
  };
}

function layoutOf(images: BoardImages): FlashLayout {
  const given = images.get(LAYOUT_ROLE);
  const bytes = given?.bytes ?? new TextEncoder().encode(USUAL_LAYOUT);
  return parseFlashLayout(bytes, given?.name ?? text`the usual layout`);
}

function isUnknown(image: Image): boolean {
  return !image.simulationOnly && image.sha256 !== SHIPPED[image.role];
}

/**
 * Compares the bytes of the bootloader's region, from offset 0 on, with the files.
 * @throws UnbrickError `verify-failed` with the address of the first difference.
 */
export function compareParts(found: Uint8Array, files: RecoveryFiles): void {
  for (const { offset, bytes, image, address } of files.parts) {
    const at = firstDifference(bytes, found.subarray(offset));
    if (at < 0) continue;
    throw new UnbrickError(
      "verify-failed",
      text`The camera's flash does not match ${image.name}: the first difference is at offset
        ${at}.`,
      {
        file: image.name,
        address: address + at,
        expected: bytes[at],
        found: found[offset + at] ?? null,
      },
    );
  }
}

/** Returns the number of bytes from offset 0 to the end of the last part. */
export function partsEnd(files: RecoveryFiles): number {
  return Math.max(...files.parts.map(({ offset, bytes }) => offset + bytes.length));
}
