import { concat } from "../../../common/bytes.ts";
import { UnbrickError } from "../../../common/errors.ts";
import type { FlashLayout } from "./flash_layout.ts";
import { buildHeaderV1, HeaderV1 } from "./header_v1.ts";
import { selectedRows } from "./layout_rules.ts";
import { text } from "../../../common/text.ts";

/** Encodes a layout for the camera (stm32n6-serial-boot.md A.4). */

/** Columns that are sent to the device; a seventh one makes it hang. */
const DEVICE_COLUMNS = ["Opt", "Id", "Name", "Type", "IP", "Offset"] as const;

/** OpenBootloader receives the whole layout in one block and writes a NUL after the text. */
export const LAYOUT_BLOCK = 1024;
const MAX_TEXT = LAYOUT_BLOCK - HeaderV1.size - 1;

/** Returns the text of a layout: six columns a row, no comments, LF at the end of every row. */
export function deviceText(layout: FlashLayout): string {
  return selectedRows(layout)
    .map((row) => DEVICE_COLUMNS.map((column) => row.fields[column].text).join("\t") + "\n")
    .join("");
}

/**
 * Returns the one block with a layout: 256 bytes of header version 1 and the text, together at most
 * 1023 bytes.
 * @throws UnbrickError `bad-image` if the text does not fit.
 */
export function layoutDownload(layout: FlashLayout): Uint8Array {
  const content = new TextEncoder().encode(deviceText(layout));
  if (content.length > MAX_TEXT) {
    throw new UnbrickError(
      "bad-image",
      text`${layout.name}: the layout has ${content.length} characters without its file names;
        the camera accepts at most ${MAX_TEXT}.`,
      { file: String(layout.name), characters: content.length },
    );
  }
  return concat([buildHeaderV1(content), content]);
}
