import assert from "node:assert/strict";
import { subjects } from "./faults/subjects.ts";
import { agreeingOperator, Trial } from "./support/plan/plan_rig.ts";
import type { FaultSubject } from "./support/faults/subject.ts";
import type { Plan } from "../core/family/family.ts";

/** The longest job of each family: a restore, or a flash if the bootloader cannot be changed. */
const jobs = Map.groupBy(subjects, ({ family }) => family.id).values().map((all) =>
  all.find(({ job }) => job === "restore") ?? all.find(({ job }) => job === "flash")!
);

/** A camera on its own bus, in the condition in which the job finds it. */
class SimulatedCamera {
  readonly #trial: Trial;
  readonly #camera;

  constructor(subject: FaultSubject) {
    this.#trial = new Trial([subject.family]);
    this.#camera = subject.camera(this.#trial);
  }

  /** Runs the plan to its end; returns the steps that ran and those that were skipped. */
  async run(plan: Plan) {
    const trial = this.#trial, camera = this.#camera;
    const result = await trial.clock.run(() =>
      trial.run(plan, camera.board, { operator: agreeingOperator(camera.board) })
    );
    assert.equal(result.error?.message, undefined);
    assert.equal(result.outcome, "proven");
    assert.deepEqual(camera.missing(result.outputs), []);
    const { skipped, changed } = trial;
    return { skipped, changed };
  }
}

for (const subject of jobs) {
  const { family, job, board, images, options } = subject;
  Deno.test(`one plan for two cameras, at the same time and one after another: ${subject.id}`, async () => {
    const plan = family.plan(job, board, images, options);
    const [first, second, third] = [1, 2, 3].map(() => new SimulatedCamera(subject));
    const [one, other] = await Promise.all([first.run(plan), second.run(plan)]);
    assert.ok(one.changed.length > 0);
    assert.deepEqual(other, one);
    // What a run learns about a restored camera does not affect the next camera.
    await first.run(plan);
    assert.deepEqual(await third.run(plan), one);
  });
}
