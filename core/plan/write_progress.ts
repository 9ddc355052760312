import type { StepContext } from "./step_context.ts";

/** Share of a step that writing takes; reading back takes the rest (dfu-dfuse.md G1 to G3). */
const WRITING = 3 / 4;

/** Progress of a step that writes `bytes` and reads them back, told as bytes that are through both. */
export function writeProgress(context: StepContext, bytes: number) {
  const tell = (done: number) => context.progress(Math.floor(done), bytes);
  return {
    written: (done: number) => tell(done * WRITING),
    verified: (done: number) => tell(bytes * WRITING + done * (1 - WRITING)),
    /** Comparing before anything is written, which may make the rest needless. */
    compared: (done: number) => tell(done * (1 - WRITING)),
  };
}
