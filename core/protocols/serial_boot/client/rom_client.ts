import { isKind, UnbrickError } from "../../../common/errors.ts";
import { PhaseId, type PhaseRecord } from "../packets/phase.ts";
import type { SerialBootSession } from "./session.ts";
import { text } from "../../../common/text.ts";

export interface StartImageOptions {
  /** Called with the bytes sent so far. */
  onProgress?(done: number, total: number): void;
}

/** The ROM writes to SRAM, which takes almost no time. */
const BLOCK_MS = 5000;

/**
 * Sends an image to the ROM and tells it to start it (stm32n6-serial-boot.md B.4). Where the fact
 * sheet is not certain, every behaviour is accepted: GetPhase may fail, and the device may leave at
 * the end of the download or at DETACH. So the caller must check by the next device whether the
 * image runs.
 * @throws UnbrickError `device-status` if the ROM refuses the image, and errors of the transport.
 */
export async function startImage(
  session: SerialBootSession,
  image: Uint8Array,
  { onProgress }: StartImageOptions = {},
): Promise<void> {
  refuseError(await tryPhase(session));
  await session.download(PhaseId.FSBL, image, {
    what: text`accept the first stage`,
    deadline: () => BLOCK_MS,
    onBlock: (sent) => onProgress?.(sent, image.length),
  });
  try {
    await session.complete(image.length, text`check the first stage`);
  } catch (error) {
    if (isKind(error, "disconnected")) return; // it has already started the image
    if (!isKind(error, "stalled")) throw error;
  }
  try {
    refuseError(await tryPhase(session));
    await session.detach();
  } catch (error) {
    // The request that starts the image is not acknowledged: its result has no meaning.
    if (!isKind(error, "stalled", "timeout", "protocol", "disconnected")) throw error;
  }
}

/** Returns the phase, or undefined if the ROM does not answer. */
async function tryPhase(session: SerialBootSession): Promise<PhaseRecord | undefined> {
  if (!session.has(PhaseId.COMMAND)) return undefined;
  try {
    return await session.getPhase();
  } catch (error) {
    if (!isKind(error, "stalled", "timeout", "protocol")) throw error;
    await session.toIdle();
    return undefined;
  }
}

function refuseError(record: PhaseRecord | undefined): void {
  if (record?.phase !== PhaseId.ERROR) return;
  const reason = record.errorText || text`no reason given`;
  throw new UnbrickError("device-status", text`The chip's ROM reported an error: ${reason}.`, {
    text: String(reason),
  });
}
