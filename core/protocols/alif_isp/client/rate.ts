import { isKind, UnbrickError } from "../../../common/errors.ts";
import type { IspClient } from "./isp_client.ts";
import { answers, RATE_SETTLE_MS, reachEnclave } from "./connect.ts";
import { BULK_BAUD, DEFAULT_BAUD } from "../packets/command.ts";
import { isNak } from "./nak_error.ts";
import { text } from "../../../common/text.ts";

/**
 * Runs `work` at 921600 baud if the enclave really changes its rate, otherwise at its own, and
 * changes back. An interrupted run leaves the enclave at the high rate; `reachEnclave` finds it
 * there.
 */
export async function atBulkRate<T>(client: IspClient, work: () => Promise<T>): Promise<T> {
  await change(client, BULK_BAUD);
  if (!await hasFollowed(client)) await mustReach(client);
  try {
    return await work();
  } finally {
    await comeBack(client);
  }
}

async function comeBack(client: IspClient): Promise<void> {
  if (client.baudRate === DEFAULT_BAUD) return;
  try {
    await change(client, DEFAULT_BAUD);
    if (!await hasFollowed(client)) await reachEnclave(client);
  } catch {
    // The earlier error counts; the next session searches for the rate anyway.
  }
}

/**
 * Changes both rates. A lost acknowledgement does not show whether the rate has changed; `answers`
 * does.
 */
async function change(client: IspClient, baudRate: number): Promise<void> {
  try {
    await client.setBaudRate(baudRate);
  } catch (error) {
    if (isNak(error)) return;
    if (!isKind(error, "timeout")) throw error;
  }
  await client.useBaudRate(baudRate);
}

/**
 * Returns true if the enclave answers at the new rate. Most do at once; others get the vendor's
 * settling time.
 */
async function hasFollowed(client: IspClient): Promise<boolean> {
  if (await answers(client, 1)) return true;
  await client.clock.sleep(RATE_SETTLE_MS, client.link.signal);
  return await answers(client);
}

async function mustReach(client: IspClient): Promise<void> {
  if (await reachEnclave(client)) return;
  throw new UnbrickError("timeout", text`The Secure Enclave no longer answers at any rate.`, {
    heard: client.link.heard || null,
  });
}
