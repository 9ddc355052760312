import assert from "node:assert/strict";
import { testFaultSamples } from "../../core/faults/testing.ts";
import { faultSubjects } from "./fault_subject.ts";
import { AeTrial } from "./testing.ts";

testFaultSamples(faultSubjects);

Deno.test("a line of memory that silently does not keep its data is never a success", async () => {
  for (const lostLine of [0x8000_0000, 0x8000_0800, 0x8057_F200, 0x8057_FFF0]) {
    const run = new AeTrial({ condition: "bricked", traps: { tableGone: true, lostLine } });
    const { error } = await run.run("restore", { bootloaderOnly: true });
    assert.equal(error?.kind, "verify-failed", `${lostLine.toString(16)}: ${error?.message}`);
  }
});
