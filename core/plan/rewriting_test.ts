import assert from "node:assert/strict";
import type { Proof } from "./proof.ts";
import { rewriting } from "./rewriting.ts";
import type { Step } from "./step.ts";
import type { StepContext } from "./step_context.ts";

const context = {} as StepContext;
const there: Proof = { claim: "it is there", evidence: "device-check" };

const step = (more: Partial<Step>): Step => ({
  ...{ id: "firmware", title: "Write the firmware", weight: 1, effect: "writes" },
  targets: [{ region: "firmware", address: 0, length: 1, image: "firmware.bin" }],
  isDone: () => Promise.resolve(there),
  run: () => Promise.resolve(),
  ...more,
});

const isDone = async (one: Step) => await rewriting([one])[0].isDone?.(context);

Deno.test("an image is written although it is there, but what is kept stays kept", async () => {
  assert.equal(await isDone(step({})), undefined);
  const kept = { ...there, kept: "your own" };
  assert.equal(await isDone(step({ isDone: () => Promise.resolve(kept) })), kept);
});

Deno.test("fuses, erases, the enclave's own firmware and steps without an image stay as they are", async () => {
  const targets = [{ region: "fuse", address: 0, length: 1 }];
  for (
    const more of [
      { effect: "irreversible" },
      { effect: "erases" },
      { provenBy: "device-check" },
      { targets },
      { targets: undefined },
    ] as const
  ) assert.equal(await isDone(step(more)), there, JSON.stringify(more));
});
