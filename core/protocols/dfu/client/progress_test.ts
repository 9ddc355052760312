import assert from "node:assert/strict";
import { UnbrickError } from "../../../common/errors.ts";
import { ProgressMeter } from "./progress.ts";
import { withPlace } from "./run_error.ts";

Deno.test("a run that is interrupted after the last byte is not complete", () => {
  const seen: number[] = [];
  const run = {
    signal: new AbortController().signal,
    onProgress: ({ done }: { done: number }) => void seen.push(done),
  };
  const meter = new ProgressMeter(run, 8192, ["write"], 0);
  for (const at of [0, 4096]) {
    meter.at("write", at);
    meter.add("write", 4096);
  }
  assert.deepEqual(seen, [4096, 8192]);
  const error = withPlace(new UnbrickError("disconnected", "Gone."), meter) as UnbrickError;
  assert.equal(
    error.message,
    "The camera disconnected while it was being written at 0x00001000 (99 %).",
  );
  assert.equal(error.data.percent, 99);
});
