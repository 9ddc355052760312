import { throwIfAborted } from "../../../common/clock.ts";
import { isKind, UnbrickError } from "../../../common/errors.ts";
import { firstDifference } from "../../../common/bytes.ts";
import type { IspClient } from "./isp_client.ts";
import { isNak } from "./nak_error.ts";
import { Nak } from "../packets/error_code.ts";
import { MRAM_BASE, MRAM_LINE } from "../packets/memory_map.ts";
import { atBulkRate } from "./rate.ts";
import type { WriteRun } from "./write_image.ts";
import { text, type Words } from "../../../common/text.ts";

/** Reads MRAM through SES, 16 bytes a command (alif-isp.md C.4). */

/** Lines between two checks for extra replies. */
const BLOCK_LINES = 4096;
const ATTEMPTS = 4;

/**
 * Returns true if the chip refuses reading this memory; what was written then needs another proof.
 */
export function isReadRefused(error: unknown): boolean {
  return isNak(error, Nak.NOT_ALLOWED, Nak.ILLEGAL_ADDRESS, Nak.UNKNOWN_COMMAND, 0xF9);
}

/**
 * Compares memory with bytes, from the end: an interrupted write is wrong there, and a table of
 * contents begins with zeros, as blank memory does.
 *
 * @returns the address of a byte that differs, the first of its line; undefined if all are equal.
 * @throws UnbrickError a NAK for which `isReadRefused` is true; as IspClient.
 */
export async function compareMram(
  client: IspClient,
  address: number,
  bytes: Uint8Array,
  run: WriteRun,
): Promise<number | undefined> {
  let different: number | undefined;
  await readLines(client, address, bytes.length, run, (line, offset) => {
    const at = firstDifference(bytes.subarray(offset, offset + MRAM_LINE), line);
    different = at < 0 ? undefined : address + offset + at;
    return different === undefined;
  });
  return different;
}

/** As compareMram. @throws UnbrickError `verify-failed` with `address`. */
export async function verifyMram(
  client: IspClient,
  address: number,
  bytes: Uint8Array,
  what: Words,
  run: WriteRun,
): Promise<void> {
  const different = await compareMram(client, address, bytes, run);
  if (different === undefined) return;
  throw new UnbrickError(
    "verify-failed",
    text`The ${what} that was read back differs from what was written.`,
    { what: String(what), address: different },
  );
}

/** Reads `length` bytes from an address, a multiple of 16. */
export async function readMram(
  client: IspClient,
  address: number,
  length: number,
  run: WriteRun,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(Math.ceil(length / MRAM_LINE) * MRAM_LINE);
  await readLines(client, address, length, run, (line, offset) => {
    bytes.set(line, offset);
    return true;
  });
  return bytes.subarray(0, length);
}

/** @param visit returns false for a wrong line, which is read again before reading ends. */
async function readLines(
  client: IspClient,
  address: number,
  length: number,
  run: WriteRun,
  visit: (line: Uint8Array, offset: number) => boolean,
): Promise<void> {
  const read = async () => {
    const whole = Math.ceil(length / MRAM_LINE) * MRAM_LINE;
    for (let to = whole; to > 0; to -= BLOCK_LINES * MRAM_LINE) {
      const from = Math.max(0, to - BLOCK_LINES * MRAM_LINE);
      const isWished = await readBlock(client, run, { address, from, to, length, visit });
      if (!isWished) return;
    }
  };
  await (run.slow ? read() : atBulkRate(client, read));
}

interface Block {
  readonly address: number;
  readonly from: number;
  readonly to: number;
  readonly length: number;
  readonly visit: (line: Uint8Array, offset: number) => boolean;
}

/**
 * Reads a block. A reply does not name its line. So no input is discarded within a block, and a
 * block counts only if no reply is left over at its end; otherwise it is read again.
 */
async function readBlock(
  client: IspClient,
  run: WriteRun,
  { address, from, to, length, visit }: Block,
): Promise<boolean> {
  let mismatchAt: number | undefined;
  for (let attempt = 1;; attempt++) {
    try {
      await client.link.discard();
      let mismatch: number | undefined;
      for (let at = to - MRAM_LINE; at >= from && mismatch === undefined; at -= MRAM_LINE) {
        throwIfAborted(run.signal);
        const line = await client.readLine(address - MRAM_BASE + at, true);
        run.onRead?.(line, address + at);
        if (!visit(line, at)) mismatch = at;
        run.onProgress?.(length - at, length);
      }
      const tooMany = await client.link.settle();
      if (tooMany.length === 0) {
        if (mismatch === undefined) return true;
        if (mismatch === mismatchAt) return false;
        mismatchAt = mismatch;
      }
    } catch (error) {
      const isLost = isKind(error, "timeout", "protocol") || isNak(error, Nak.CHECKSUM_ERROR);
      if (!isLost || attempt >= ATTEMPTS) throw error;
      await client.link.settle();
    }
    if (attempt >= ATTEMPTS) {
      throw new UnbrickError(
        "protocol",
        text`The camera's memory reads differently each time.`,
        {
          address: address + from,
        },
      );
    }
  }
}
