import { throwIfAborted } from "../../../common/clock.ts";
import { isKind, UnbrickError } from "../../../common/errors.ts";
import type { IspClient } from "./isp_client.ts";
import { Command, DATA_SIZE, LINE_SIZE } from "../packets/command.ts";
import { enterMaintenance, reachEnclave } from "./connect.ts";
import { isNak, nakError } from "./nak_error.ts";
import { Nak } from "../packets/error_code.ts";
import { atBulkRate } from "./rate.ts";
import type { SystemPackage } from "../packets/system_package.ts";
import { checkApplicationRange, POINTER_ADDRESS, SYSTEM_BASE } from "../packets/memory_map.ts";
import { text } from "../../../common/text.ts";

/** Writing through SES (alif-isp.md C.4, C.5). */

export interface WriteRun {
  readonly signal: AbortSignal;
  onProgress?(done: number, total: number): void;
  /** Receives each line that was read, as it came, and its address. */
  onRead?(line: Uint8Array, address: number): void;
  /** True: stay at 55000 baud. */
  readonly slow?: boolean;
}

/** Attempts to send a file; the last one without the high rate. */
const ATTEMPTS = 3;
/** An extra answer follows directly; an FTDI adapter may hold it for 16 ms. */
const LEFTOVER_MS = 30;
/** Longest time for SES to complete an image: a byte at 10 kB/s, at least 10 s (alif-isp.md C.5). */
const doneMs = (bytes: number) => Math.max(10_000, bytes / 10);

/** Errors after which the file may be sent again from the start. */
const repeatable = [0xFF, 0xFE, 0xFD, 0xFB, Nak.CHECKSUM_ERROR, Nak.BAD_PACKET_SIZE] as const;
const repeatableLater = [
  Nak.UNEXPECTED_COMMAND,
  Nak.MRAM_WRITE_FAILED,
  Nak.MRAM_LENGTH_TOO_LARGE,
  Nak.IMAGE_VERIFICATION_FAILED,
  Nak.IMAGE_AUTHENTICATION_FAILED,
  Nak.BAD_AUTH_TOKEN,
] as const;

/**
 * Writes an image into the application area. Frames have no numbers, so in doubt the whole image is
 * sent again. SES must be in maintenance. Does not read back.
 *
 * @throws UnbrickError `usage` for a range that may not be written; as IspClient.
 */
export async function writeImage(
  client: IspClient,
  address: number,
  bytes: Uint8Array,
  run: WriteRun,
): Promise<void> {
  checkApplicationRange(address, bytes.length, text`The image`);
  await repeated(client, run, async () => {
    await client.burn(address, bytes.length);
    await sendPieces(client, bytes, run, (done) => run.onProgress?.(done, bytes.length));
    await client.done(doneMs(bytes.length));
    await refuseLeftovers(client);
  });
}

/**
 * Replaces the system package: for both files first the signature, then the file with the same
 * token. The pointer comes last. SES checks the signatures; it starts the new package at the next
 * power-on.
 */
export async function writeSystemPackage(
  client: IspClient,
  system: SystemPackage,
  run: WriteRun,
): Promise<void> {
  const files = [
    { ...system.image, address: SYSTEM_BASE },
    { ...system.pointer, address: POINTER_ADDRESS },
  ];
  const total = files.reduce((sum, { bytes, sign }) => sum + bytes.length + sign.bytes.length, 0);
  let before = 0;
  for (const { address, bytes, sign } of files) {
    await repeated(client, run, async () => {
      const token = randomToken();
      await client.verify(token);
      await sendPieces(client, sign.bytes, run, (done) => run.onProgress?.(before + done, total));
      await client.done();
      await client.burn(address, bytes.length, token);
      const from = before + sign.bytes.length;
      await sendPieces(client, bytes, run, (done) => run.onProgress?.(from + done, total));
      await client.done(doneMs(bytes.length));
      await refuseLeftovers(client);
    });
    before += sign.bytes.length + bytes.length;
  }
}

async function repeated(client: IspClient, run: WriteRun, send: () => Promise<void>) {
  for (let attempt = 1;; attempt++) {
    try {
      const isSlow = run.slow || attempt === ATTEMPTS;
      return await (isSlow ? send() : atBulkRate(client, send));
    } catch (error) {
      const mayRepeat = isKind(error, "timeout", "protocol") ||
        isNak(error, ...repeatable, ...repeatableLater);
      if (!mayRepeat || attempt === ATTEMPTS) throw error;
      await comeBack(client);
    }
  }
}

/** Opens a new session in maintenance after a failure during an image. */
async function comeBack(client: IspClient): Promise<void> {
  await client.link.settle();
  if (!await reachEnclave(client)) {
    throw new UnbrickError("timeout", text`The Secure Enclave no longer answers at any rate.`, {
      heard: client.link.heard || null,
    });
  }
  await enterMaintenance(client);
}

async function sendPieces(
  client: IspClient,
  bytes: Uint8Array,
  run: WriteRun,
  onProgress: (done: number) => void,
): Promise<void> {
  const size = bytes.length <= DATA_SIZE ? LINE_SIZE : DATA_SIZE;
  await client.link.discard();
  for (let at = 0; at < bytes.length; at += size) {
    throwIfAborted(run.signal);
    await client.data(bytes.subarray(at, at + size));
    onProgress(Math.min(at + size, bytes.length));
  }
}

/**
 * Refuses an extra answer: a frame arrived twice, so an answer may belong to another frame.
 * @throws UnbrickError `protocol`, or the late NAK.
 */
export async function refuseLeftovers(client: IspClient): Promise<void> {
  const [leftover] = await client.link.settle(LEFTOVER_MS);
  if (!leftover) return;
  if (leftover.command === Command.NAK) {
    throw nakError(leftover.payload[0] ?? 0xFF, text`accept the data`);
  }
  throw new UnbrickError(
    "protocol",
    text`The Secure Enclave sent more answers than requests.`,
  );
}

/** Returns a token that is neither 0, which aborts, nor all ones (alif-isp.md C.5). */
function randomToken(): number {
  return 1 + crypto.getRandomValues(new Uint32Array(1))[0] % 0xFFFF_FFFD;
}
