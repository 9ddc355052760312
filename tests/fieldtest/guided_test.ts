import assert from "node:assert/strict";
import { VirtualClock } from "../../core/common/virtual_clock.ts";
import { fieldTest } from "./field_test_rig.ts";
import { inTempFolder } from "../support/temp_folder.ts";

Deno.test("a person is led through every stage, asked before each, and asked what only eyes see", async () => {
  await inTempFolder(async (folder) => {
    const clock = new VirtualClock();
    const confirmed: string[] = [], asked: string[] = [];
    const { code, out, record, page } = await fieldTest("openmv-h7", `${folder}/f.zip`, {
      console: { canAsk: true },
      prompts: {
        keyPressed: (signal) => clock.sleep(700, signal).then(() => "enter"),
        confirm: (question) => {
          confirmed.push(String(question));
          return Promise.resolve(true);
        },
        select: (question, choices) => {
          asked.push(String(question));
          return Promise.resolve(choices[0].value);
        },
      },
      context: { clock },
    });
    assert.equal(code, 0, out);
    assert.deepEqual(record.stages.filter(({ state }) => state !== "passed"), [], out);
    const begun = confirmed.filter((question) => question.startsWith("Begin the stage"));
    assert.equal(begun.length, 10);
    // Each run that writes asks once more, when it is known which camera it is.
    const writes = confirmed.filter((question) => question.startsWith("Write "));
    assert.equal(writes.length, 6);
    assert.ok(asked.includes("Is this the name that is printed on the board?"), asked.join("\n"));
    const answers = record.stages.flatMap(({ answers }) => answers);
    assert.ok(answers.length >= 5);
    assert.ok(answers.every(({ answer }) => answer === "yes"));
    assert.match(page, /Is this the name that is printed on the board\? <strong>Yes/);
    assert.match(out, /The simulated cable is pulled now/);
  });
});
