import { UnbrickError } from "../common/errors.ts";
import { text } from "../common/text.ts";
import type { StepContext } from "../plan/step_context.ts";
import type { DebugSession } from "../protocols/openmv_debug/client/debug_session.ts";
import {
  type CheckAnswer,
  pictureSum,
  SHOWN_MS,
} from "../protocols/openmv_debug/packets/check_script.ts";

/** What came of fetching the camera's last picture. */
export type FetchedPicture = Uint8Array | "damaged" | "missing" | "too-large";

/**
 * Bytes of a picture at the most: as a JPEG it is smaller than its 19,200 grey pixels, or it would
 * not fit into the place of the picture (openmv-runtime.md 1.5).
 */
const MAX_BYTES = 65_536;
const LOOK_MS = 50;

/**
 * Fetches the picture that the camera shows after its answer, until one has the sum that it gave.
 * @returns the picture as a JPEG, or what is wrong; undefined if the camera has none to show
 * @throws UnbrickError `timeout` if the camera answers nothing any more
 */
export async function fetchPicture(
  { clock, signal }: StepContext,
  session: DebugSession,
  { frame }: CheckAnswer,
): Promise<FetchedPicture | undefined> {
  if (!frame) return undefined;
  const [bytes, sum] = frame;
  if (!Number.isInteger(bytes) || bytes <= 0 || bytes > MAX_BYTES) return "too-large";
  let found: FetchedPicture = "missing";
  for (const end = clock.now() + SHOWN_MS; clock.now() < end;) {
    const picture = await session.frame(bytes);
    if (picture && pictureSum(picture) === sum) return picture;
    if (picture) found = "damaged";
    await clock.sleep(LOOK_MS, signal);
  }
  return found;
}

/** @throws UnbrickError `picture-damaged` if it is not the picture that the camera took */
export function judgePicture(name: string, fetched: FetchedPicture, version: string): void {
  if (fetched instanceof Uint8Array) return;
  const words = {
    "damaged": text`The ${name} takes pictures, but its last one arrived with another checksum.`,
    "missing": text`The ${name} takes pictures, but its last one did not arrive.`,
    "too-large":
      text`The ${name} takes pictures, but the size that it gives for one is impossible.`,
  };
  throw new UnbrickError("picture-damaged", words[fetched], { version });
}
