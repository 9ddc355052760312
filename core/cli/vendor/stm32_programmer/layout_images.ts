import { dirname, resolve } from "node:path";
import { isKind } from "../../../common/errors.ts";
import type { BoardImages, Image } from "../../../image/image.ts";
import { boardImages } from "../../../image/board_images.ts";
import { loadImageFile } from "../../../image/pack.ts";
import {
  type FlashLayout,
  layoutError,
  parseFlashLayout,
} from "../../../protocols/serial_boot/packets/flash_layout.ts";
import { selectedRows } from "../../../protocols/serial_boot/packets/layout_rules.ts";
import { LAYOUT_ROLE, ROW_ROLES } from "../../../protocols/serial_boot/packets/row_roles.ts";

type FileCheck = (bytes: Uint8Array, path: string) => void;

/**
 * Returns the images of a flash layout: the layout itself and each row's file, relative to the
 * layout's folder.
 * @param check Checks each original file.
 * @throws UnbrickError `not-found` if there is no layout; `bad-image` with line and column for an
 * invalid layout and for a row whose file is missing.
 */
export function layoutImages(path: string, check?: FileCheck): BoardImages {
  const file = loadImageFile(path, LAYOUT_ROLE, check);
  const layout = parseFlashLayout(file.bytes, file.name);
  const images = selectedRows(layout).flatMap((row): Image[] => {
    const role = ROW_ROLES[row.id];
    return role === undefined ? [] : [rowImage(path, layout, row, role, check)];
  });
  return boardImages(path, [file, ...images]);
}

function rowImage(
  path: string,
  layout: FlashLayout,
  row: FlashLayout["rows"][number],
  role: string,
  check?: FileCheck,
): Image {
  const { Binary } = row.fields;
  const refuse = (reason: string) =>
    layoutError(layout.name, row, { ...Binary, name: "Binary" }, reason);
  if (Binary.text === "" || Binary.text === "none") throw refuse("no file is named.");
  try {
    // A layout written on Windows may contain backslashes in file names.
    return loadImageFile(resolve(dirname(path), Binary.text.replaceAll("\\", "/")), role, check);
  } catch (error) {
    if (!isKind(error, "not-found")) throw error;
    throw refuse(`there is no file "${Binary.text}".`);
  }
}
