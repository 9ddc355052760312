import assert from "node:assert/strict";
import fc from "fast-check";
import { plain, plainStart } from "../core/cli/views/run_plain.ts";
import { plainStyle } from "../core/cli/terminal/style.ts";
import { reportPage } from "../core/cli/pages/report_page.ts";
import { UnbrickError } from "../core/common/errors.ts";
import type { RunEvent } from "../core/plan/events.ts";
import type { Operator } from "../core/plan/operator.ts";
import type { Step } from "../core/plan/step.ts";
import { proofOf, run, willing, writing } from "./support/plan/toy_rig.ts";

/** What can happen to a step, and what a person can answer. */
const fates = ["works", "is there", "fails", "fails to prove", "proves nothing", "cannot"] as const;
/** What can happen at the camera's start. */
const starts = ["no start", "starts", "does not start"] as const;
/** What a check after the proof can find. */
const findings = ["no check", "sees", "sees not", "is not there"] as const;
const effects = ["none", "writes", "erases", "irreversible"] as const;
const anyStep = fc.record({
  effect: fc.constantFrom(...effects),
  fate: fc.constantFrom(...fates),
  consent: fc.constantFrom("none", "given", "refused"),
});
type AnyStep = typeof anyStep extends fc.Arbitrary<infer T> ? T : never;

const failure = () => Promise.reject(new UnbrickError("timeout", "Nothing answered."));

function step({ effect, fate, consent }: AnyStep, at: number): Step {
  return writing(`step-${at}`, {
    effect,
    consent: consent === "none" ? undefined : { id: consent, text: "Do it?" },
    impossible: () => Promise.resolve(fate === "cannot" ? "It cannot be done now." : undefined),
    isDone: async (context) =>
      fate === "is there" ? await proofOf(context, `step-${at}`) : undefined,
    run: () => fate === "fails" ? failure() : Promise.resolve(),
    prove: async (context) =>
      fate === "fails to prove"
        ? failure()
        : fate === "proves nothing"
        ? undefined
        : await proofOf(context, `step-${at}`),
  });
}

function start(fate: (typeof starts)[number]): Step[] {
  if (fate === "no start") return [];
  const prove = () =>
    fate === "starts"
      ? Promise.resolve({ claim: "It started.", evidence: "alive" } as const)
      : Promise.reject(new UnbrickError("not-started", "It did not start."));
  return [writing("start", { effect: "none", targets: [], prove })];
}

function check(finding: (typeof findings)[number]): Step[] {
  if (finding === "no check") return [];
  return [{
    ...step({ effect: "none", fate: "works", consent: "none" }, 9),
    isCheck: true,
    targets: [],
    impossible: () => Promise.resolve(finding === "is not there" ? "Not there." : undefined),
    prove: () =>
      finding === "sees not"
        ? Promise.reject(new UnbrickError("sensor-missing", "No sensor."))
        : Promise.resolve({ claim: "It sees.", evidence: "alive" }),
  }];
}

/** The sentences at the end of a run. */
function screen(events: readonly RunEvent[]): string {
  const options = {
    board: { afterActions: [] },
    os: "linux",
    style: plainStyle,
    width: 10_000,
  } as const;
  let state = plainStart, last: string[] = [];
  for (const event of events) ({ state, lines: last } = plain(state, event, options));
  return last.join("\n");
}

const anySteps = fc.array(anyStep, { minLength: 1, maxLength: 5 });
const anyEnd = fc.tuple(fc.constantFrom(...starts), fc.constantFrom(...findings));
const operator: Operator = { ...willing, consent: ({ id }) => Promise.resolve(id !== "refused") };

Deno.test("exit code, outcome, screen, JSON, record and page agree in every case", async () => {
  const outcomes = new Set<string>();
  await fc.assert(
    fc.asyncProperty(anySteps, anyEnd, async (steps, [fate, finding]) => {
      const unchecked = () => [...steps.map(step), ...start(fate)];
      const plan = [...unchecked(), ...check(finding)];
      const { result, events, report } = await run(plan, { operator });
      const end = events.at(-1)!;
      assert.ok(end.type === "run-ended");
      const { outcome, exitCode, error } = end;
      outcomes.add(outcome);
      assert.equal(exitCode, result.error?.exitCode ?? 0);
      const isChanged = events.some(({ type }) => type === "changing");
      const leftOuts = events.flatMap((event) =>
        event.type === "step-left-out" ? [event.step] : []
      );
      const isLeftOut = leftOuts.some((id) => id !== "step-9");

      // Exit code 0: everything is proven, or nothing had to be written.
      assert.equal(exitCode === 0, error === undefined);
      if (exitCode === 0) {
        assert.ok(outcome === "proven" || outcome === "unchanged" && !isChanged, outcome);
        assert.ok(!isLeftOut, "something was left out");
      } else assert.notEqual(outcome, "proven");
      if (outcome === "unchanged") assert.ok(!isChanged, "said unchanged, and it is not");
      if (outcome === "incomplete") assert.ok(isLeftOut && error?.kind === "consent-needed");

      if (outcome === "not-started") {
        assert.ok(
          report.steps.every(({ effect, proofs }) => effect === "none" || proofs.length > 0),
        );
      }

      // Every place that states the outcome.
      assert.equal(JSON.parse(JSON.stringify(end)).outcome, outcome);
      assert.deepEqual([report.finished, report.outcome, report.exitCode], [
        true,
        outcome,
        exitCode,
      ]);
      const page = reportPage(report);
      assert.ok(page.includes(`Exit code ${exitCode}.`));
      const shown = screen(events);
      assert.equal(/\bis (restored|flashed)/.test(shown), exitCode === 0);
      assert.equal(shown.includes("Nothing was written."), outcome === "unchanged" && exitCode > 0);
      assert.equal(page.includes("Proven: "), outcome === "proven");
      const { done, skipped, leftOut } = counts(report.steps);
      assert.ok(
        page.includes(
          `${report.steps.length}: ${done} done, ${skipped} not needed, ${leftOut} left out`,
        ),
      );
      assert.equal(leftOut, leftOuts.length);

      // The check is a result of its own, only after a proof, and everywhere the same.
      const { result: without } = await run(unchecked(), { operator });
      assert.deepEqual([without.outcome, without.error?.kind], [outcome, error?.kind]);
      const checked = events.find((event) => event.type === "checked");
      const isChecked = exitCode === 0 && (finding === "sees" || finding === "sees not");
      assert.equal(checked !== undefined, isChecked);
      assert.equal(
        report.check?.error?.kind,
        isChecked && finding === "sees not" ? "sensor-missing" : undefined,
      );
      for (const place of [shown, page]) {
        assert.equal(
          place.includes("Check of the running camera: It sees."),
          isChecked && finding === "sees",
        );
        assert.equal(
          place.includes("Check of the running camera: No sensor."),
          report.check?.error !== undefined,
        );
      }
    }),
    {
      numRuns: 500,
      // One run in a hundred ends so, too few for chance to bring one each time.
      examples: [[
        [{ effect: "writes", fate: "works", consent: "none" }],
        ["does not start", "no check"],
      ]],
    },
  );
  assert.deepEqual([...outcomes].sort(), [
    "incomplete",
    "not-proven",
    "not-started",
    "partly-written",
    "proven",
    "unchanged",
  ]);
});

function counts(steps: readonly { readonly state: string }[]) {
  const number = (wanted: string) => steps.filter(({ state }) => state === wanted).length;
  return { done: number("done"), skipped: number("skipped"), leftOut: number("left-out") };
}
