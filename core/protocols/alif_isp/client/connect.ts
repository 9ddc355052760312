import { abortError } from "../../../common/clock.ts";
import { isKind, UnbrickError } from "../../../common/errors.ts";
import type { IspClient } from "./isp_client.ts";
import { BULK_BAUD, Command, DEFAULT_BAUD } from "../packets/command.ts";
import { isNak } from "./nak_error.ts";
import { Nak } from "../packets/error_code.ts";
import { bannerVersion, type Enquiry, type Revision, versionText } from "../packets/replies.ts";
import { text } from "../../../common/text.ts";

/**
 * Rates at which an enclave may answer, and the number of attempts: its own, for as long as a chip
 * may take to start; the one that an interrupted run left behind; those of other parts.
 */
const RATES = [[DEFAULT_BAUD, 4], [BULK_BAUD, 2], [57_600, 2], [100_000, 2], [DEFAULT_BAUD, 2]];
/**
 * Pause between two attempts, milliseconds: an enclave may need half a second of silence to discard
 * a partial frame, and takes earlier bytes for the rest of it. The vendor's tools wait as long
 * (alif-isp.md B.7).
 */
const PRESENCE_MS = 550;
/** Silence after a change of rate, milliseconds, as in the vendor's tools (alif-isp.md A.2). */
export const RATE_SETTLE_MS = 1_000;
/** From a reset to the first answer (alif-isp.md G: 0.3 s of boot text, inferred). */
const START_MS = 5_000;
/** Attempts to set the maintenance flag. */
const ATTEMPTS = 3;
/** The call to hard maintenance and its answer (alif-isp.md C.3). */
const CALL = new TextEncoder().encode("ALIF");
const ANSWER = "SEPCTL";
/** Pause between two calls, milliseconds. */
const CALL_MS = 20;

/** The enclave at the other end of the line. */
export interface FoundEnclave {
  readonly revision: Revision;
  readonly enquiry: Enquiry;
  /** SES only. */
  readonly banner?: string;
  /** Version of the running firmware, `1.104.0`; undefined for SEROM and if it is not reported. */
  readonly version?: string;
}

/** Returns true if the enclave answers at the client's rate. */
export async function answers(client: IspClient, attempts = 2): Promise<boolean> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    try {
      const what = "begin a session";
      await client.link.exchange(Command.START_ISP, {
        what,
        reply: Command.ACK,
        timeoutMs: PRESENCE_MS,
      });
      return true;
    } catch (error) {
      // A NAK for a damaged frame means that the rate is nearly right, but not quite.
      if (isNak(error) && !isNak(error, Nak.CHECKSUM_ERROR)) return true;
      if (!isKind(error, "timeout") && !isNak(error)) throw error;
    }
  }
  return false;
}

/**
 * Opens a session at any rate that the enclave uses, and returns it to its own rate.
 * @returns false if nothing answers at any rate.
 */
export async function reachEnclave(client: IspClient): Promise<boolean> {
  for (const [rate, attempts] of RATES) {
    await client.useBaudRate(rate, RATE_SETTLE_MS);
    if (!await answers(client, attempts)) continue;
    if (rate === BULK_BAUD) {
      await client.setBaudRate(DEFAULT_BAUD);
      await client.useBaudRate(DEFAULT_BAUD, RATE_SETTLE_MS);
      if (!await answers(client)) continue;
    }
    return true;
  }
  await client.useBaudRate(DEFAULT_BAUD);
  return false;
}

/**
 * Asks the enclave for its identity.
 * @throws UnbrickError `wrong-board` if the answer is not from a Secure Enclave.
 */
export async function identifyEnclave(client: IspClient): Promise<FoundEnclave> {
  try {
    const revision = await client.revision();
    const enquiry = await client.enquiry();
    if (enquiry.source === "SEROM") return { revision, enquiry };
    const banner = await client.banner();
    const version = bannerVersion(banner) ?? await listedVersion(client);
    return { revision, enquiry, banner, ...(version !== undefined && { version }) };
  } catch (error) {
    if (!isKind(error, "protocol", "device-status")) throw error;
    throw new UnbrickError(
      "wrong-board",
      text`The device on ${client.port.info.path} is not the Secure Enclave of an AE3:
        ${error.text}`,
      { path: client.port.info.path, reason: error.message },
      { cause: error },
    );
  }
}

/**
 * Returns the version of the running copy in the system's table; without a star, that of the first
 * copy.
 */
async function listedVersion(client: IspClient): Promise<string | undefined> {
  const copies = (await client.tocInfo()).filter(({ name }) => /^SERAM\d$/.test(name));
  const running = copies.find(({ isRunning }) => isRunning) ?? copies[0];
  return running && versionText(running.version);
}

/** Waits until the enclave answers after a reset. @throws UnbrickError `timeout`. */
export async function waitForStart(client: IspClient, timeoutMs: number = START_MS): Promise<void> {
  const until = client.clock.now() + timeoutMs;
  // The acknowledgement of the reset must not be mistaken for that of a new session.
  await client.link.settle();
  while (client.clock.now() < until) if (await answers(client, 1)) return;
  throw new UnbrickError(
    "timeout",
    text`The Secure Enclave did not answer within ${timeoutMs} ms after its reset.`,
    { milliseconds: timeoutMs, heard: client.link.heard || null },
  );
}

/**
 * Makes SES run without an application: sets the maintenance flag and resets. Ends with an open
 * session.
 * @throws UnbrickError `device-status` if the flag is not kept or the ROM answers; others as
 * IspClient.
 */
export async function enterMaintenance(client: IspClient): Promise<void> {
  await client.start();
  for (let attempt = 0;; attempt++) {
    const { source, isMaintenance } = await client.enquiry();
    if (isMaintenance) return;
    if (source === "SEROM") {
      throw new UnbrickError(
        "device-status",
        text`The chip's ROM answers instead of the Secure Enclave's firmware.`,
        { source },
      );
    }
    if (attempt === ATTEMPTS) break;
    await client.setMaintenance();
    await client.stop();
    await client.reset();
    await waitForStart(client);
  }
  throw new UnbrickError(
    "device-status",
    text`The Secure Enclave did not go into maintenance mode in ${ATTEMPTS} attempts.`,
    { attempts: ATTEMPTS },
  );
}

/**
 * Calls until a chip stops in maintenance after a reset and answers. Someone must reset it
 * meanwhile. Ends with an open session.
 * @throws UnbrickError the reason of the signal, `disconnected`.
 */
export async function callHardMaintenance(client: IspClient, signal: AbortSignal): Promise<void> {
  const { port, clock } = client;
  await client.useBaudRate(DEFAULT_BAUD);
  while (true) {
    let heard = "";
    while (!heard.includes(ANSWER)) {
      if (signal.aborted) throw abortError(signal);
      const nextCall = clock.now() + CALL_MS;
      await port.write(CALL, { timeoutMs: 1_000, signal });
      while (clock.now() < nextCall && !heard.includes(ANSWER)) {
        const timeoutMs = nextCall - clock.now();
        try {
          heard = (heard + String.fromCharCode(...await port.read(256, { timeoutMs, signal })))
            .slice(-512);
        } catch (error) {
          if (!isKind(error, "timeout")) throw error;
        }
      }
    }
    await port.write(CALL, { timeoutMs: 1_000, signal });
    await client.link.settle();
    try {
      return await waitForStart(client);
    } catch (error) {
      if (!isKind(error, "timeout")) throw error; // the chip has started normally: call again
    }
  }
}
