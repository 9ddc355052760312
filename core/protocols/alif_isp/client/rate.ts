import { isKind, UnbrickError } from "../../../common/errors.ts";
import type { IspClient } from "./isp_client.ts";
import { answers, RATE_SETTLE_MS, reachEnclave } from "./connect.ts";
import { BULK_BAUD, DEFAULT_BAUD } from "../packets/command.ts";
import { isNak } from "./nak_error.ts";
import { text } from "../../../common/text.ts";

/**
 * Runs `work` at 921600 baud if the enclave really goes there, else at its own rate, and comes back.
 * A run that is torn off leaves the enclave at the high rate; `reachEnclave` finds it there.
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
    // What went wrong before is what counts; the next session looks for the rate anyhow.
  }
}

/** A lost acknowledgement does not tell whether the rate has changed; `answers` does. */
async function change(client: IspClient, baudRate: number): Promise<void> {
  try {
    await client.setBaudRate(baudRate);
  } catch (error) {
    if (isNak(error)) return;
    if (!isKind(error, "timeout")) throw error;
  }
  await client.useBaudRate(baudRate);
}

/** Most follow at once; one that does not is given the vendor's time. */
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
