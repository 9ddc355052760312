import assert from "node:assert/strict";
import { UnbrickError } from "../common/errors.ts";
import type { BoardImages, Image } from "../image/image.ts";
import {
  images,
  proofOf,
  received,
  run,
  targetOf,
  willing,
  writing,
} from "../../tests/support/plan/toy_rig.ts";
import { readBackProof } from "./memory_proof.ts";
import type { Operator } from "./operator.ts";
import type { OnRead } from "./read_back.ts";
import type { Step } from "./step.ts";
import type { StepContext } from "./step_context.ts";

Deno.test("success needs a proof for every step that writes", async () => {
  const good = await run([writing("a"), writing("b")]);
  assert.equal(good.result.error, undefined);
  assert.equal(good.result.outcome, "proven");
  const unproven = await run([writing("a"), writing("b", { prove: undefined })]);
  assert.equal(unproven.result.error?.kind, "verify-failed");
  assert.equal(unproven.result.error?.data.steps, "b");
});

Deno.test("a step that calls nothing at all needs a proof, and counts as one that changed", async () => {
  const silent = { run: () => Promise.resolve(), prove: undefined };
  for (const effect of ["erases", "writes", "irreversible"] as const) {
    const { result, events } = await run([writing("a", { ...silent, effect })]);
    assert.equal(result.error?.kind, "verify-failed");
    assert.equal(result.outcome, "partly-written");
    assert.deepEqual(events.flatMap((one) => one.type === "changing" ? [one.step] : []), ["a"]);
  }
  const { result, events } = await run([writing("a", { ...silent, effect: "none" })]);
  assert.equal(result.outcome, "unchanged");
  assert.ok(!events.some(({ type }) => type === "changing"));
});

Deno.test("a later proof covers an earlier step", async () => {
  const { result } = await run([
    writing("a", { prove: undefined }),
    writing("b", { prove: (context) => proofOf(context, "a", "b") }),
  ]);
  assert.equal(result.outcome, "proven");
  assert.equal(result.error, undefined);
});

Deno.test("what was read before the memory was written again proves nothing", async () => {
  const { result } = await run([
    writing("a"),
    writing("again", { targets: [targetOf("a")], prove: undefined }),
  ]);
  assert.equal(result.error?.data.steps, "a,again");
});

Deno.test("a proof contains what came from the camera, and is compared with the plan", async () => {
  const { result } = await run([writing("a")]);
  const { address, length, sha256 } = targetOf("a");
  assert.deepEqual(result.proofs, [
    { claim: "It is there.", evidence: "read-back", address, bytes: length, sha256 },
  ]);
  const planned = [{ ...targetOf("b"), sha256: sha256!.replace(/^./, "0") }];
  const different = await run([writing("b", { targets: planned })]);
  assert.equal(different.result.error?.kind, "verify-failed");
  assert.equal(different.result.error?.data.steps, "b");
  const elsewhere = await run([writing("c", { prove: (context) => proofOf(context, "a") })]);
  assert.equal(elsewhere.result.error?.data.steps, "c");
});

Deno.test("every target of a step must be read back", async () => {
  const targets = [targetOf("a"), targetOf("b")];
  const { result } = await run([writing("a", { targets })]);
  assert.equal(result.error?.data.steps, "a");
  const both = await run([
    writing("a", { targets, prove: (context) => proofOf(context, "a", "b") }),
  ]);
  assert.equal(both.result.error, undefined);
});

Deno.test("a step whose target reads back different ends as partly written", async () => {
  const target = { ...targetOf("a"), sha256: "00" };
  const read = (context: StepContext) => async (onRead: OnRead) => {
    onRead(await received(context), target.address);
  };
  const { result } = await run([
    writing("a", { prove: (context) => readBackProof(context, [target], read(context)) }),
  ]);
  assert.match(String(result.error?.message), /that was read back differs/);
  assert.equal(result.outcome, "partly-written");
});

Deno.test("a step cannot make a proof itself", async () => {
  const { address, length, sha256 } = targetOf("a");
  const made = {
    claim: "Trust me.",
    evidence: "read-back",
    address,
    bytes: length,
    sha256,
  } as const;
  const fabricated = await run([writing("a", { prove: () => Promise.resolve(made) })]);
  assert.equal(fabricated.result.error?.kind, "bug");
  const copied = await run([
    writing("a", { prove: async (context) => ({ ...await proofOf(context, "a") }) }),
  ]);
  assert.equal(copied.result.error?.kind, "bug");
  const zeros = new Uint8Array(length);
  const unread = await run([
    writing("a", {
      prove: async (context) =>
        (await context.readBack([targetOf("a")], async (onRead) => onRead(zeros, address)))
          .proof("It was read."),
    }),
  ]);
  const halfRead = await run([
    writing("a", {
      prove: async (context) =>
        (await context.readBack([targetOf("a")], async (onRead) => {
          onRead((await received(context)).subarray(1), address + 1);
        })).proof("It was read."),
    }),
  ]);
  assert.equal(halfRead.result.error?.data.received, length - 1);
  assert.equal(unread.result.error?.kind, "verify-failed");
  assert.equal(unread.result.error?.data.received, 0);
});

Deno.test("other evidence counts only if the plan expects it and the camera has answered", async () => {
  const checked = { claim: "Checked.", evidence: "device-check" } as const;
  const asked = async (context: StepContext) => (await received(context), checked);
  const errorOf = async (more: Partial<Step>) =>
    (await run([writing("a", more)])).result.error?.data.steps;
  assert.equal(await errorOf({ provenBy: "device-check", prove: asked }), undefined);
  assert.equal(await errorOf({ provenBy: "device-check", prove: async () => checked }), "a");
  assert.equal(await errorOf({ provenBy: "fuse", prove: asked }), "a");
  assert.equal(await errorOf({ prove: asked }), "a");
  assert.equal(await errorOf({ provenBy: "device-check", isDone: asked }), undefined);
  assert.equal(await errorOf({ provenBy: "device-check", isDone: async () => checked }), "a");
});

Deno.test("a step that is already done is skipped, and its evidence counts", async () => {
  const { result, events, report } = await run([
    writing("a", { isDone: (context) => proofOf(context, "a"), run: () => assert.fail("ran") }),
  ]);
  assert.equal(result.error, undefined);
  assert.equal(result.proofs.length, 1);
  assert.equal(events.some((event) => event.type === "consent"), false);
  assert.equal(report?.steps[0].state, "skipped");
});

Deno.test("the outcome says what was changed", async () => {
  const broken = () => Promise.reject(new UnbrickError("disconnected", "Gone."));
  const before = await run([writing("a", { prepare: broken }), writing("b")]);
  assert.equal(before.result.outcome, "unchanged");
  const begun = await run([writing("a", { run: broken }), writing("b")]);
  assert.equal(begun.result.outcome, "partly-written");
  const midway = await run([writing("a"), writing("b", { run: broken })]);
  assert.equal(midway.result.outcome, "partly-written");
  const after = await run([writing("a"), writing("b", { prove: broken })]);
  assert.equal(after.result.outcome, "not-proven");
  const mismatch = await run([
    writing("a", { prove: () => Promise.reject(new UnbrickError("verify-failed", "Differs.")) }),
  ]);
  assert.equal(mismatch.result.outcome, "partly-written");
});

Deno.test("a refused irreversible step is left out and the rest is done", async () => {
  const order: string[] = [];
  const operator: Operator = {
    ...willing,
    consent: ({ id }) => {
      if (id === "write") return Promise.resolve(true);
      throw new UnbrickError("consent-needed", "Nobody to ask.");
    },
  };
  const fuse = writing("fuse", {
    effect: "irreversible",
    consent: { id: "boot-source", text: "Burns a fuse." },
    run: () => assert.fail("burnt"),
  });
  const last = writing("last", {
    run: () => {
      order.push("last");
      return Promise.resolve();
    },
  });
  const { result, report } = await run([writing("a"), fuse, last], { operator });
  assert.deepEqual(order, ["last"]);
  assert.equal(result.error?.kind, "consent-needed");
  assert.equal(result.error?.data.consent, "boot-source");
  assert.equal(result.outcome, "incomplete");
  assert.equal(report?.exitCode, 16);
});

Deno.test("a declined write ends the run untouched", async () => {
  const operator = { ...willing, consent: () => Promise.resolve(false) };
  const { result } = await run([writing("a")], { operator });
  assert.equal(result.error?.kind, "cancelled");
  assert.equal(result.outcome, "unchanged");
});

Deno.test("the bar rises once to its end", async () => {
  const slow = writing("slow", {
    run: async (context) => {
      for (const done of [10, 50, 40, 100]) {
        context.progress(done, 100);
        await context.clock.sleep(300);
      }
    },
  });
  const { events } = await run([writing("a"), slow]);
  const fractions = events.flatMap((event) => event.type === "progress" ? [event.fraction] : []);
  assert.deepEqual(fractions, fractions.toSorted((a, b) => a - b));
  assert.equal(fractions.at(-1), 1);
  const rates = events.flatMap((event) => event.type === "progress" && event.rate || []);
  assert.ok(rates.length > 0);
});

Deno.test("an image for simulated cameras never reaches a real one", async () => {
  const image = { role: "bootloader", name: "bootloader.bin", simulationOnly: true } as Image;
  const real: BoardImages = { ...images, all: [{ ...image, bytes: new Uint8Array(4) }] };
  const write = writing("a", { run: () => assert.fail("ran") });
  for (const steps of [[write], [writing("look", { effect: "none" }), write]]) {
    const { result } = await run(steps, { real });
    assert.equal(result.error?.kind, "bad-image");
    assert.equal(result.outcome, "unchanged");
  }
});

Deno.test("a real camera may be read with such an image, and written with any other", async () => {
  const image = (simulationOnly: boolean) =>
    ({ role: "a", name: "a.bin", simulationOnly, bytes: new Uint8Array(4) }) as Image;
  const read = await run([writing("a", { effect: "none" })], {
    real: { ...images, all: [image(true)] },
  });
  assert.equal(read.result.error, undefined);
  const write = await run([writing("a")], { real: { ...images, all: [image(false)] } });
  assert.equal(write.result.outcome, "proven");
  const both = [image(false), image(true)];
  const { result } = await run([writing("a")], { real: { ...images, all: both } });
  assert.equal(result.error?.kind, "bad-image");
});

Deno.test("a write makes what was read before worthless, where it writes or if nobody knows where", async () => {
  const again = (more: Partial<Step>) =>
    writing("again", { prove: (context) => proofOf(context, "again"), ...more });
  const outcome = async (more: Partial<Step>) => {
    const { result } = await run([writing("a"), again(more)]);
    return result.error?.data.steps ?? result.outcome;
  };
  assert.equal(await outcome({}), "proven", "elsewhere");
  const [low, high] = ["low", "high"].map((id) => (targetOf(id), writing(id)));
  for (const steps of [[low, high], [high, low]]) {
    assert.equal((await run(steps)).result.outcome, "proven", "right beside it");
  }
  assert.equal(await outcome({ targets: [targetOf("again"), targetOf("a")] }), "a,again");
  assert.equal(await outcome({ targets: [] }), "a,again", "nobody knows where");
  assert.equal(
    await outcome({
      targets: [],
      provenBy: "fuse",
      prove: async (context) => {
        await received(context);
        return { claim: "It is burnt.", evidence: "fuse" };
      },
    }),
    "proven",
    "a fuse is no memory",
  );
});

Deno.test("what steps learn belongs to the run: the same plan starts again without it", async () => {
  const facts = () => ({ visits: 0 });
  const visit = writing("visit", {
    effect: "none",
    run: async (context) => {
      context.learned(facts).visits++;
      context.output("visits", Uint8Array.of(context.learned(facts).visits));
    },
  });
  const steps = [visit, { ...visit, id: "again" }];
  for (let runs = 0; runs < 2; runs++) {
    const { result } = await run(steps);
    assert.deepEqual(result.outputs.get("visits"), Uint8Array.of(2));
  }
});
