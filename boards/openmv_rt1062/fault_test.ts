import assert from "node:assert/strict";
import { FaultTrial } from "../../tests/support/faults/fault_trial.ts";
import { goldenRun } from "../../tests/support/faults/golden.ts";
import { testFaultSamples } from "../../tests/support/faults/sampled_faults.ts";
import { faultSubjects } from "../../tests/support/boards/openmv_rt1062_fault_subjects.ts";

testFaultSamples(faultSubjects);

Deno.test("a flash that is interrupted while the vector sector is blank says that a restore is needed, and restore repairs it", async () => {
  const subject = faultSubjects.find(({ id }) => id === "openmv-rt1062.flash")!;
  const { ending } = await goldenRun(subject);
  let rescued = 0;
  for (let at = ending.counts.transfer; at > 1 && rescued === 0; at--) {
    const trial = new FaultTrial(subject);
    await trial.run([{ at, name: "unplug" }]);
    const notes: string[] = [];
    const { result } = await trial.run([], {
      onEvent: (event) => event.type === "note" && notes.push(String(event.text)),
    });
    if (!result?.error) continue;
    rescued++;
    assert.match(notes.join(), /Use restore/);
    const { result: last, missing } = await trial.rescue();
    assert.deepEqual([last?.error?.message, missing], [undefined, []]);
  }
  assert.equal(rescued, 1);
});
