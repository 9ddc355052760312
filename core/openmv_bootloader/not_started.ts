import { isKind, UnbrickError } from "../common/errors.ts";
import { text } from "../common/text.ts";

/** The last of a camera's start: its firmware appears. */

/** What a person can try while the camera is unplugged (openmv-runtime.md 1.2). */
export const takeSensorOff =
  text`If its image sensor is on a module, take the module off while the camera is unplugged: some
    firmware stops before it appears on USB if its sensor fails.`;

/**
 * Waits until the firmware appears after the last write.
 * @throws UnbrickError `not-started` if nothing appears in time; other errors of `wait`, as `timeout` if
 * another device, or the camera on another port, is there instead
 */
export async function firmwareAppears<T>(wait: () => Promise<T>): Promise<T> {
  try {
    return await wait();
  } catch (error) {
    if (!isKind(error, "timeout") || error.data.seen !== null) throw error;
    throw new UnbrickError("not-started", error.text, error.data, { cause: error });
  }
}
