import { isEqual } from "../../../common/bytes.ts";
import type { IspClient } from "./isp_client.ts";
import { MRAM_LINE, POINTER_ADDRESS, TOC_ADDRESS } from "../packets/memory_map.ts";
import { isReadRefused, readMram, verifyMram } from "./read_back.ts";
import { writeLines } from "./recover.ts";
import { writeImage, type WriteRun } from "./write_image.ts";
import { text } from "../../../common/text.ts";

/**
 * The system area cannot be read (alif-isp.md C.4), and the enclave starts with one of its two
 * copies. So a package whose write was interrupted in the other copy looks complete. Before the
 * first byte of a package, unbrick writes a mark where it can be read: the first line of the table
 * of contents, where firmware_pad.toc contains zeros (alif-isp.md C.7). The table, which is written
 * last, overwrites the mark.
 */

const MARK = new TextEncoder().encode("unbrick:unproven");

/**
 * Writes the mark through the chip's ROM. Also clears the pointer, so that the ROM keeps answering
 * until the package is complete and its pointer is restored.
 */
export async function markThroughRom(client: IspClient): Promise<void> {
  await writeLines(client, TOC_ADDRESS, MARK);
  await writeLines(client, POINTER_ADDRESS, new Uint8Array(MRAM_LINE));
}

/**
 * Writes the mark through SES in maintenance. @throws UnbrickError `verify-failed`; as IspClient.
 */
export async function markThroughFirmware(client: IspClient, run: WriteRun): Promise<void> {
  await writeImage(client, TOC_ADDRESS, MARK, run);
  try {
    await verifyMram(client, TOC_ADDRESS, MARK, text`table of contents`, run);
  } catch (error) {
    // If the mark cannot be read, every package counts as interrupted.
    if (!isReadRefused(error)) throw error;
  }
}

/**
 * Returns true if writing a package may have been interrupted: it is marked, or the mark cannot be
 * read.
 */
export async function mayBeIncomplete(client: IspClient, run: WriteRun): Promise<boolean> {
  try {
    return isEqual(await readMram(client, TOC_ADDRESS, MRAM_LINE, run), MARK);
  } catch (error) {
    if (isReadRefused(error)) return true;
    throw error;
  }
}
