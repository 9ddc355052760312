import type { StepContext } from "./step_context.ts";

/**
 * Share of a step's time that writing takes; reading back takes the rest (dfu-dfuse.md G1 to G3).
 */
const WRITE_SHARE = 3 / 4;

/**
 * Returns functions that report the progress of a step that writes `bytes` bytes and reads them
 * back.
 */
export function writeProgress(context: StepContext, bytes: number) {
  const report = (done: number) => context.progress(Math.floor(done), bytes);
  return {
    written: (done: number) => report(done * WRITE_SHARE),
    verified: (done: number) => report(bytes * WRITE_SHARE + done * (1 - WRITE_SHARE)),
    /** Reports a comparison before writing, which may make writing unnecessary. */
    compared: (done: number) => report(done * (1 - WRITE_SHARE)),
  };
}
