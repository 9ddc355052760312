import { throwIfAborted } from "../../../common/clock.ts";
import { isKind, UnbrickError } from "../../../common/errors.ts";
import type { IspClient } from "./isp_client.ts";
import { isNak } from "./nak_error.ts";
import { Nak } from "../packets/error_code.ts";
import { MRAM_BASE, MRAM_LINE, POINTER_ADDRESS, SYSTEM_BASE } from "../packets/memory_map.ts";
import type { SystemPackage } from "../packets/system_package.ts";
import { refuseLeftovers, type WriteRun } from "./write_image.ts";
import { text, type Words } from "../../../common/text.ts";

/** Attempts to write a line that the memory did not keep. */
const ATTEMPTS = 3;
/** Bytes between two checks for extra answers. */
const BLOCK = 16_384;

/**
 * Writes a system package through the chip's ROM, line by line at 55000 baud; the pointer line,
 * which activates it, is last. Each line has an address, so it may be sent twice. The ROM cannot
 * read back: it checks the signatures when it starts the package.
 *
 * @throws UnbrickError `device-status`, `timeout`: run again; the ROM stays reachable.
 */
export async function recoverSystemPackage(
  client: IspClient,
  { image, pointer }: SystemPackage,
  run: WriteRun,
): Promise<void> {
  const total = image.bytes.length + pointer.bytes.length;
  let before = 0;
  for (
    const [address, bytes] of [
      [SYSTEM_BASE, image.bytes],
      [POINTER_ADDRESS, pointer.bytes],
    ] as const
  ) {
    for (let from = 0; from < bytes.length; from += BLOCK) {
      await writeLines(client, address + from, bytes.subarray(from, from + BLOCK), (done) => {
        throwIfAborted(run.signal);
        run.onProgress?.(before + from + done, total);
      });
    }
    before += bytes.length;
  }
}

/**
 * Writes lines through the ROM, and again after an extra answer, because then one of them may be
 * lost.
 *
 * @throws UnbrickError `device-status`, `timeout`, `protocol`, `disconnected`.
 */
export async function writeLines(
  client: IspClient,
  address: number,
  bytes: Uint8Array,
  afterLine?: (done: number) => void,
): Promise<void> {
  for (let attempt = 1;; attempt++) {
    for (let at = 0; at < bytes.length; at += MRAM_LINE) {
      await writeLine(client, address + at, bytes.subarray(at, at + MRAM_LINE));
      afterLine?.(at + MRAM_LINE);
    }
    try {
      return await refuseLeftovers(client);
    } catch (error) {
      if (attempt === ATTEMPTS || isKind(error, "disconnected", "cancelled")) throw error;
    }
  }
}

async function writeLine(client: IspClient, address: number, line: Uint8Array): Promise<void> {
  for (let attempt = 1;; attempt++) {
    try {
      return await client.writeLine(address - MRAM_BASE, line);
    } catch (error) {
      if (!isNak(error, Nak.MRAM_WRITE_FAILED) || attempt === ATTEMPTS) throw error;
    }
  }
}

/** Returns the error for a package that the ROM does not start. */
export function notStarted(reason: Words, error: number): UnbrickError {
  return new UnbrickError(
    "device-status",
    text`The system package was written, but the chip does not start it: ${reason}.`,
    { error },
  );
}
