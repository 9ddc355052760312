import { isEqual } from "../packets/bytes.ts";
import type { IspClient } from "./isp_client.ts";
import { MRAM_LINE, POINTER_ADDRESS, TOC_ADDRESS } from "../packets/memory_map.ts";
import { isReadRefused, readMram, verifyMram } from "./read_back.ts";
import { writeLines } from "./recover.ts";
import { writeImage, type WriteRun } from "./write_image.ts";
import { text } from "../../../common/text.ts";

/**
 * The system area cannot be read (alif-isp.md C.4), and the enclave starts with one of its two copies.
 * So a package that was cut off in the other copy looks whole. Before the first byte of a package a
 * mark goes where it can be read: the first line of the table of contents, where firmware_pad.toc has
 * zeros (alif-isp.md C.7). The table, which is written last, wipes it out.
 */

const MARK = new TextEncoder().encode("unbrick:unproven");

/**
 * Through the chip's ROM; the pointer is cleared as well, so that the ROM keeps answering until the
 * package is whole and its pointer is back.
 */
export async function markThroughRom(client: IspClient): Promise<void> {
  await writeLines(client, TOC_ADDRESS, MARK);
  await writeLines(client, POINTER_ADDRESS, new Uint8Array(MRAM_LINE));
}

/** Through SES in maintenance. @throws UnbrickError `verify-failed`; as IspClient. */
export async function markThroughFirmware(client: IspClient, run: WriteRun): Promise<void> {
  await writeImage(client, TOC_ADDRESS, MARK, run);
  try {
    await verifyMram(client, TOC_ADDRESS, MARK, text`table of contents`, run);
  } catch (error) {
    // Who cannot see the mark takes every package for cut off.
    if (!isReadRefused(error)) throw error;
  }
}

/** True if a package may have been cut off: it is marked, or nobody can see whether it is. */
export async function mayBeCutOff(client: IspClient, run: WriteRun): Promise<boolean> {
  try {
    return isEqual(await readMram(client, TOC_ADDRESS, MRAM_LINE, run), MARK);
  } catch (error) {
    if (isReadRefused(error)) return true;
    throw error;
  }
}
