import type { StepContext } from "./step_context.ts";

/** Share of a step that writing takes; reading back takes the rest (dfu-dfuse.md G1 to G3). */
const WRITE_SHARE = 3 / 4;

/** Progress of a step that writes `bytes` and reads them back, told as bytes that are through both. */
export function writeProgress(context: StepContext, bytes: number) {
  const report = (done: number) => context.progress(Math.floor(done), bytes);
  return {
    written: (done: number) => report(done * WRITE_SHARE),
    verified: (done: number) => report(bytes * WRITE_SHARE + done * (1 - WRITE_SHARE)),
    /** Comparing before anything is written, which may make the rest needless. */
    compared: (done: number) => report(done * (1 - WRITE_SHARE)),
  };
}
