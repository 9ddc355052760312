import assert from "node:assert/strict";
import { type ErrorKind, UnbrickError } from "../common/errors.ts";
import type { Board } from "../family/board.ts";
import type { Image } from "../image/image.ts";
import { events } from "../../tests/support/plan/toy_events.ts";
import {
  board,
  images,
  proofOf,
  received,
  ROM,
  targetOf,
  waitFor,
  willing,
  writing,
} from "../../tests/support/plan/toy_rig.ts";
import { summariseImage, summariseStep } from "./summaries.ts";
import type { Consent, Operator } from "./operator.ts";
import type { Step } from "./step.ts";
import type { StepContext } from "./step_context.ts";

const fuse: Consent = { id: "boot-source", text: "Burns a fuse." };
const image = (name: string, more: Partial<Image> = {}) =>
  ({ role: name, name, bytes: new Uint8Array(4), sha256: "s", ...more }) as Image;

Deno.test("a run begins with the board, the images and all steps, at time 0", async () => {
  const all = [image("a", { address: 8, alternate: 2, usbIds: {}, version: "1.0" })];
  const step = writing("a", { consent: fuse, weight: 1.6 });
  const { events: said, of } = await events([step], {
    images: { ...images, all, reason: "the newest" },
  });
  assert.deepEqual(said[0], {
    type: "run-started",
    at: 0,
    job: "flash",
    board: { id: "toy", name: "Toy Camera" },
    simulated: true,
    imagesFrom: "test",
    imagesBecause: "the newest",
    images: [{ role: "a", name: "a", sha256: "s", version: "1.0", bytes: 4 }],
    steps: [{
      id: "a",
      title: "Write a",
      effect: "writes",
      expectedMs: 2,
      targets: [targetOf("a")],
      consent: "boot-source",
    }],
  });
  assert.deepEqual(summariseStep({ ...step, targets: undefined, consent: undefined }).targets, []);
  assert.equal(summariseImage(image("a")).bytes, 4);
  const [end] = of("run-ended");
  assert.deepEqual([end.outcome, end.exitCode, "error" in end, "replay" in end], [
    "proven",
    0,
    false,
    false,
  ]);
  const replayed = await events([], { replay: true });
  assert.equal(replayed.of("run-started")[0].replay, true);
  assert.equal(replayed.of("run-ended")[0].replay, true);
  assert.equal("imagesBecause" in replayed.of("run-started")[0], false);
});

Deno.test("each step begins, makes progress, proves and ends, in that order and with its time", async () => {
  const slow = writing("slow", {
    run: async ({ clock }) => void await clock.sleep(1_500),
    isDone: async (context) => {
      context.progress(1, 0);
      await context.clock.sleep(300);
      return undefined;
    },
  });
  const { events: said, of } = await events([slow]);
  const types = said.map(({ type }) => type);
  assert.deepEqual(types, [
    "run-started",
    "progress",
    "about-to-write",
    "consent",
    "step-started",
    "changing",
    "proof",
    "progress",
    "step-done",
    "run-ended",
  ]);
  assert.equal(String(of("progress")[0].title), "Checking first: Write slow");
  const [{ done, total, fraction }] = of("progress");
  assert.deepEqual([done, total, fraction], [1, 0, 1], "all of nothing");
  assert.deepEqual(of("step-started")[0].at, 300);
  assert.deepEqual(of("step-done")[0].ms, 1_500);
  const [last] = of("progress").slice(-1);
  assert.deepEqual([last.done, last.total, last.unit, String(last.title)], [
    100,
    100,
    "milliseconds",
    "Write slow",
  ]);
  assert.equal(of("run-ended")[0].ms, 1_800);
});

Deno.test("the time that is left follows the steps that ran, and not what was there already", async () => {
  const known = writing("known", { isDone: (context) => proofOf(context, "known") });
  const slow = writing("slow", { run: ({ clock }) => clock.sleep(200) });
  const { of } = await events([
    known,
    slow,
    writing("rest", { run: ({ clock }) => clock.sleep(50) }),
  ]);
  assert.deepEqual(of("progress").map(({ step, remainingMs }) => [step, remainingMs]), [
    ["known", 200],
    ["slow", 200],
    ["rest", 0],
  ]);
});

Deno.test("what a step that only reads found to be done is no proof", async () => {
  const found = { claim: "It is there.", evidence: "device-check" as const };
  const look = { ...waitFor("rom"), isDone: () => Promise.resolve(found) };
  const { of, result } = await events([look]);
  assert.deepEqual([result.outcome, result.proofs, of("proof")], ["unchanged", [], []]);
  assert.deepEqual(of("step-skipped").map(({ step, claim }) => [step, claim]), [
    ["see-rom", "It is there."],
  ]);
});

Deno.test("before the first write, the run says what will change, stay and be irreversible", async () => {
  const region = (name: string, address: number) => ({ name, address, size: 16 });
  const regions = [region("a", 0), region("b", 16), region("c", 32), region("d", 48)];
  const camera = { ...board, regions } as unknown as Board;
  const done = writing("done", {
    isDone: (context) => proofOf(context, "done"),
  });
  const kept = writing("c", {
    keeping: () => Promise.resolve({ kept: "your own" }),
    isDone: () => Promise.resolve({ claim: "kept", evidence: "device-check", kept: "your own" }),
  });
  const open = writing("d", { keeping: () => Promise.resolve("undecided") });
  const burn = writing("fuse", { effect: "irreversible", consent: fuse });
  const look = waitFor("rom");
  const { of, result } = await events([look, done, writing("a"), kept, open, burn], {
    board: camera,
    identifiedBy: ["its name"],
    bus: (bus) => bus.plug("1-1", ROM),
  });
  assert.equal(result.outcome, "proven", result.error?.message);
  const [summary, ...more] = of("about-to-write");
  assert.deepEqual(more, []);
  assert.deepEqual(summary.changes.map(({ region, effect }) => [region, effect]), [
    ["a", "writes"],
    ["d", "writes"],
    ["fuse", "irreversible"],
  ]);
  assert.deepEqual(summary.keeps, ["b", "c"]);
  assert.deepEqual(summary.keptBecause, [{ region: "c", reason: "your own" }]);
  assert.deepEqual(summary.undecided, [{ region: "d" }]);
  assert.deepEqual(summary.irreversible, ["Write fuse"]);
  assert.deepEqual(summary.identifiedBy, ["its name"]);
  assert.equal(summary.camera?.port, "1-1");
  assert.ok(summary.expectedMs > 0);
  assert.deepEqual(of("consent").map(({ id, granted, text }) => [id, granted, String(text)]), [
    ["write", true, "Write a, d and fuse to this Toy Camera?"],
    ["boot-source", true, "Burns a fuse."],
  ]);
  assert.deepEqual(of("step-skipped").map(({ step, reason }) => [step, reason]), [
    ["done", "already-done"],
    ["c", "kept"],
  ]);
});

Deno.test("before the first write, the run says what is saved of the user's files, or may be lost", async () => {
  const regions = [
    { name: "a", address: targetOf("a").address, size: 16 },
    { name: "files", address: 0x1000, size: 16, isFilesystem: true },
  ];
  const camera = { ...board, regions } as unknown as Board;
  const summary = async (...steps: Step[]) => {
    const [{ backup, mayLose }] = (await events(steps, { board: camera })).of("about-to-write");
    return { backup, mayLose };
  };
  assert.deepEqual(await summary(writing("a")), { backup: undefined, mayLose: ["files"] });
  const region = {
    name: "fat",
    memory: "flash",
    address: 0x1000,
    size: 16,
    state: "later",
  } as const;
  const saving = { ...waitFor("rom"), run: () => Promise.resolve() };
  const backup = () => Promise.resolve({ file: "b.zip", regions: [region] });
  assert.deepEqual(await summary({ ...saving, backup }, writing("a")), {
    backup: { file: "b.zip", regions: [{ region: "files", state: "later" }] },
    mayLose: [],
  });
  const { of } = await events([writing("x", { targets: undefined })]);
  const [bare] = of("about-to-write");
  assert.deepEqual(["backup" in bare, bare.changes], [false, []]);
});

Deno.test("an erase of something else than a region keeps nothing for certain", async () => {
  const regions = [{ name: "a", address: 0, size: 16 }, { name: "b", address: 16, size: 16 }];
  const camera = { ...board, regions } as unknown as Board;
  const keeps = async (step: Step) =>
    (await events([step], { board: camera })).of("about-to-write")[0].keeps;
  assert.deepEqual(await keeps(writing("everything", { effect: "erases" })), []);
  assert.deepEqual(await keeps(writing("everything")), ["a", "b"]);
  assert.deepEqual(await keeps(writing("a", { effect: "erases" })), ["b"]);
});

Deno.test("a step that changes something names its regions, or itself", async () => {
  const twice = writing("a", { targets: [targetOf("a"), targetOf("a"), targetOf("b")] });
  const bare = writing("y", { targets: undefined });
  const { of } = await events([twice, writing("x", { targets: [] }), bare]);
  assert.deepEqual(of("changing").map(({ step, what }) => [step, String(what)]), [
    ["a", "a, b"],
    ["x", "Write x"],
    ["y", "Write y"],
  ]);
});

Deno.test("a step without its consent is left out if it is irreversible; otherwise the run ends", async () => {
  const operator: Operator = {
    ...willing,
    consent: ({ id }) => {
      if (id === "write") return Promise.resolve(true);
      if (id === "no") return Promise.resolve(false);
      return Promise.reject(new UnbrickError("consent-needed", "Nobody to ask."));
    },
  };
  const notStarted = () => Promise.reject(new UnbrickError("not-started", "It is dead."));
  for (const consent of [{ ...fuse, isFuse: true as const }, { id: "no", text: "Really?" }]) {
    const burn = writing("fuse", { effect: "irreversible", consent });
    const { of, result } = await events([burn], { operator });
    assert.equal(result.outcome, "incomplete");
    assert.deepEqual(result.error?.data, {
      consent: consent.id,
      fuse: "isFuse" in consent,
      step: "fuse",
    });
    const [{ step, reason, because, title }] = of("step-left-out");
    assert.deepEqual([step, reason, title], ["fuse", "consent", "Write fuse"]);
    assert.equal(String(because), `It needs the consent "${consent.id}".`);
    const ended = await events([writing("a", { consent }), writing("b")], { operator });
    assert.equal(ended.result.error?.kind, "consent-needed");
    assert.equal(ended.result.outcome, "unchanged");
    const [end] = ended.of("run-ended");
    assert.equal(end.error?.step, "a");
    assert.equal(end.exitCode, ended.result.error?.exitCode);
    const unstarted = { ...waitFor("rom"), run: notStarted };
    const both = await events([writing("a"), burn, unstarted], { operator });
    assert.equal(both.result.outcome, "not-proven", "the camera may need the fuse to start");
  }
  const broken = { ...willing, consent: () => Promise.reject(new UnbrickError("driver", "No.")) };
  const first = await events([writing("a")], { operator: broken });
  assert.equal(first.result.error?.kind, "driver");
  const own: Operator = {
    ...willing,
    consent: ({ id }) =>
      id === "write" ? Promise.resolve(true) : Promise.reject(new UnbrickError("driver", "No.")),
  };
  const second = await events([writing("a", { consent: fuse })], { operator: own });
  assert.equal(second.result.error?.kind, "driver");
});

Deno.test("what is impossible without a consent is left out with it; alone it is missing", async () => {
  const operator: Operator = {
    ...willing,
    consent: ({ id }) => Promise.resolve(id === "write"),
  };
  const impossible = () => Promise.resolve("The fuse is not burnt.");
  const burn = writing("fuse", { effect: "irreversible", consent: fuse });
  const after = writing("after", { impossible });
  const { of, result } = await events([writing("a"), burn, after], { operator });
  assert.equal(result.outcome, "incomplete");
  assert.deepEqual(of("step-left-out").map(({ step, reason }) => [step, reason]), [
    ["fuse", "consent"],
    ["after", "impossible"],
  ]);
  const slow = writing("a", { run: ({ clock }) => clock.sleep(200) });
  const late = await events([slow, burn, writing("rest")], { operator });
  const left = late.of("progress").find(({ step }) => step === "fuse");
  assert.equal(left?.remainingMs, 200, "what was left out says nothing of the pace");
  const alone = await events([writing("a"), after]);
  assert.equal(alone.result.error?.kind, "verify-failed");
  assert.equal(alone.result.error?.data.steps, "after");
});

Deno.test("how much was written decides the outcome of an error", async () => {
  const fails = (kind: ErrorKind) => () => Promise.reject(new UnbrickError(kind, "No."));
  const outcome = async (...steps: Step[]) => (await events(steps)).result.outcome;
  assert.equal(await outcome(writing("a", { prepare: fails("stalled") })), "unchanged");
  assert.equal(await outcome(writing("a", { run: fails("stalled") })), "partly-written");
  assert.equal(await outcome(writing("a", { prove: fails("stalled") })), "not-proven");
  assert.equal(await outcome(writing("a", { prove: fails("verify-failed") })), "partly-written");
  assert.equal(
    await outcome(writing("a", { prove: fails("stalled") }), writing("b")),
    "partly-written",
  );
  const start = { ...waitFor("rom"), run: fails("stalled") };
  assert.equal(await outcome(writing("a"), start), "not-proven");
  const dead = { ...start, run: fails("not-started") };
  assert.equal(await outcome(writing("a"), dead), "not-started");
  assert.equal(await outcome(writing("a", { prove: undefined }), dead), "not-proven");
  assert.equal(await outcome(dead), "unchanged");
});

Deno.test("a check after the proof is told, and never changes how the run ends", async () => {
  const check = (more: Partial<Step>): Step => ({
    ...waitFor("rom"),
    id: "look",
    isCheck: true,
    ...more,
  });
  const sees = () => Promise.resolve({ claim: "It sees.", evidence: "alive" as const });
  const checked = async (step: Partial<Step>, first: Partial<Step> = {}) => {
    const { of, result } = await events([writing("a", first), check(step)]);
    const [end] = of("run-ended");
    return { of, outcome: result.outcome, end, found: of("checked")[0] };
  };
  const good = await checked({ run: ({ clock }) => clock.sleep(70), prove: sees });
  assert.deepEqual([good.outcome, good.found.step, good.found.claim], [
    "proven",
    "look",
    "It sees.",
  ]);
  assert.equal("error" in good.found, false);
  const steps = good.of("step-done").map(({ step, ms }) => [step, ms]);
  assert.deepEqual(steps, [["a", 0], ["look", 70]]);
  const silent = await checked({ run: () => Promise.resolve() });
  assert.equal(String(silent.found.claim), "Wait for rom");

  const dark = () => Promise.reject(new UnbrickError("picture-dark", "All black."));
  const bad = await checked({ run: () => Promise.resolve(), prove: dark });
  assert.deepEqual([bad.outcome, bad.end.exitCode, "error" in bad.end], ["proven", 0, false]);
  assert.deepEqual([bad.found.error?.kind, bad.found.error?.step], ["picture-dark", "look"]);
  assert.equal(String(bad.found.claim), "All black.");

  const impossible = () => Promise.resolve("It does not run.");
  const left = await checked({ impossible, run: () => assert.fail("ran") });
  assert.deepEqual([left.outcome, left.found], ["proven", undefined]);
  const [{ step, reason, because }] = left.of("step-left-out");
  assert.deepEqual([step, reason, because], ["look", "impossible", "It does not run."]);

  const slow = { weight: 100, run: ({ clock }: StepContext) => clock.sleep(300) };
  const before = writing("a", { run: ({ clock }) => clock.sleep(100) });
  const { of } = await events([before, check(slow), check({ id: "later", weight: 200 })]);
  const afterIt = of("progress").find(({ step }) => step === "look");
  assert.equal(afterIt?.remainingMs, 400, "200 ms at the pace of 400 ms for 200");

  const unproven = await checked({ run: () => assert.fail("ran") }, { prove: undefined });
  assert.deepEqual([unproven.end.error?.kind, unproven.found], ["verify-failed", undefined]);
});

Deno.test("notes, evidence of the board and outputs are events", async () => {
  const step: Step = {
    ...waitFor("rom"),
    run: async (context) => {
      context.note("A note.");
      context.identified("Its flash names it.");
      context.output("boot", Uint8Array.of(1, 2, 3));
      context.progress(5, 10);
      await received(context);
    },
  };
  const { of, result } = await events([step, writing("a")]);
  assert.deepEqual(of("note").map(({ text }) => String(text)), ["A note.", "Its flash names it."]);
  assert.deepEqual(of("output").map(({ name, bytes }) => [name, bytes]), [["boot", 3]]);
  assert.deepEqual(result.outputs.get("boot"), Uint8Array.of(1, 2, 3));
  assert.deepEqual(of("about-to-write")[0].identifiedBy, ["Its flash names it."]);
  const [{ done, total, unit, fraction }] = of("progress");
  assert.deepEqual([done, total, unit, fraction], [5, 10, "bytes", 0.5 / 101]);
});
