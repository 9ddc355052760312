import { boundedFunctions } from "../../native/bounded.ts";
import type { PortLimit } from "../system.ts";
import type { Kernel } from "./symbols.ts";

/** How long a call to the driver of a port may take, ms. */
const CALL_MS = 6_000;
/** How much later than its own deadline a wait may return, ms. */
const WAIT_SLACK_MS = 1_000;
/** How long a driver may take to return a cancelled transfer, ms. */
export const CANCEL_MS = 1_000;

/**
 * Returns the same calls, each with a deadline. They throw UnbrickError `timeout` that names the
 * call.
 */
export function boundedKernel(kernel: Kernel, limit: PortLimit): Kernel {
  const WaitForMultipleObjects = (_count: number, _objects: unknown, _all: number, ms: number) =>
    ms + WAIT_SLACK_MS;
  const GetOverlappedResult = () => CANCEL_MS;
  const own = { WaitForMultipleObjects, GetOverlappedResult };
  return boundedFunctions(kernel, { ...limit, ms: CALL_MS, own });
}

/**
 * Makes a call on another thread; repeats a failed one on this thread, where GetLastError returns
 * the reason. The second call may succeed.
 */
export async function succeeds(apart: Promise<number>, here: () => number): Promise<boolean> {
  return await apart !== 0 || here() !== 0;
}
