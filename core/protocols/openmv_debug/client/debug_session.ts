import type { Clock } from "../../../common/clock.ts";
import { UnbrickError } from "../../../common/errors.ts";
import { text } from "../../../common/text.ts";

/** A running camera on its debug port, whatever its protocol. */
export interface DebugSession {
  readonly protocol: "V1" | "V2";
  /** Version of the firmware: `5.0.0`. */
  version(): Promise<string>;
  /** Stops what runs and starts a script. @throws UnbrickError `timeout` if it does not start */
  start(script: string): Promise<void>;
  /** Text that was printed since the last call; empty if there is none. */
  output(): Promise<string>;
  /** Turns the preview on: pictures that a script shows can be fetched. */
  preview(): Promise<void>;
  /**
   * Fetches the preview if it is a JPEG of exactly this many bytes; any other one is dropped, so that
   * the camera can show the next.
   * @returns undefined if there is none, or if it did not arrive
   * @throws UnbrickError `timeout` if the camera answers nothing any more
   */
  frame(bytes: number): Promise<Uint8Array | undefined>;
  /** Resets the camera, which then runs its main.py again. */
  reset(): Promise<void>;
}

/** A request is answered in this time, ms; after a stop the camera may be late (openmv-runtime.md 1.2). */
export const ANSWER_MS = 1_000;
export const WRITE_MS = 1_000;
/** Between two questions whether something has happened (1.2, 1.4). */
const POLL_MS = 50;
/** How often a script is sent until it starts (1.2). */
export const STARTS = 3;

/** Asks until the answer is true, for at most a second. @returns whether it was */
export async function askUntil(
  isReached: () => Promise<boolean>,
  clock: Clock,
  signal: AbortSignal,
): Promise<boolean> {
  for (const end = clock.now() + ANSWER_MS; clock.now() < end;) {
    if (await isReached()) return true;
    await clock.sleep(POLL_MS, signal);
  }
  return false;
}

/** The error for a script that does not run after every attempt. */
export function notStarted(): UnbrickError {
  return new UnbrickError(
    "timeout",
    text`The camera does not start the program that was sent to it.`,
  );
}
