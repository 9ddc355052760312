import assert from "node:assert/strict";
import { UnbrickError } from "../../../common/errors.ts";
import type { DfuProgress } from "./memory_access.ts";
import { ProgressMeter } from "./progress.ts";
import { withPlace } from "./run_error.ts";

Deno.test("nothing to do is 0 %; the phases of a byte are weighted", () => {
  const seen: (string | number)[] = [];
  const run = {
    signal: new AbortController().signal,
    onProgress: ({ phase, done, total, address }: DfuProgress) => {
      seen.push(`${phase} ${done} ${total} ${address}`);
    },
  };
  assert.equal(new ProgressMeter(run, 0, ["read"], 7).percent, 0);
  const meter = new ProgressMeter(run, 80, ["compare", "erase", "write"], 7);
  assert.deepEqual([meter.phase, meter.address, meter.percent], ["compare", 7, 0]);
  meter.add("compare", 80);
  meter.at("erase", 9);
  meter.add("erase", 40);
  assert.deepEqual([meter.phase, meter.address, meter.percent], ["erase", 9, 31]);
  meter.at("write", 10);
  meter.add("write", 40);
  meter.add("write", 80);
  assert.deepEqual(seen, ["compare 10 80 7", "erase 25 80 9", "write 45 80 10", "write 80 80 10"]);
});

const places: [phase: "compare" | "erase" | "verify" | "write" | "read", verb: string][] = [
  ["compare", "read"],
  ["read", "read"],
  ["verify", "read back"],
  ["erase", "erased"],
  ["write", "written"],
];

Deno.test("an error has its place, unless it names it itself", () => {
  const run = { signal: new AbortController().signal };
  for (const [phase, verb] of places) {
    const meter = new ProgressMeter(run, 100, [phase], 0);
    meter.at(phase, 0x20);
    const gone = withPlace(new UnbrickError("disconnected", "Gone."), meter) as UnbrickError;
    assert.equal(
      gone.message,
      `The camera disconnected while it was being ${verb} at 0x00000020 (0 %).`,
    );
    const cause = new UnbrickError("stalled", "No.", { address: 1, more: 2 });
    const stalled = withPlace(cause, meter) as UnbrickError;
    assert.deepEqual([stalled.kind, stalled.message, stalled.cause], ["stalled", "No.", cause]);
    assert.deepEqual(stalled.data, { phase, address: 1, percent: 0, more: 2 });
    for (const kind of ["cancelled", "verify-failed", "bug"] as const) {
      const complete = new UnbrickError(kind, "No.");
      assert.equal(withPlace(complete, meter), complete);
    }
    const other = new Error("No.");
    assert.equal(withPlace(other, meter), other);
  }
});

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
