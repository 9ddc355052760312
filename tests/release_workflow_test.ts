import assert from "node:assert/strict";
import config from "../deno.json" with { type: "json" };
import { targets } from "../tools/targets.ts";

/** The workflow cannot run here. What it names must exist, and nothing it takes may change by itself. */

const read = (name: string) => Deno.readTextFileSync(new URL(`../${name}`, import.meta.url));
const workflow = read(".github/workflows/release.yml");
const found = (pattern: RegExp, text = workflow) =>
  [...text.matchAll(pattern)].map(([, one]) => one);

Deno.test("the release workflow builds each target, on systems of a fixed version", () => {
  assert.deepEqual(found(/target: ([\w-]+), system/g).sort(), Object.keys(targets).sort());
  const systems = [...found(/system: ([\w.-]+)/g), ...found(/runs-on: ([\w.-]+)$/gm)];
  for (const system of systems) assert.match(system, /^(ubuntu|windows|macos)-\d/);
});

Deno.test("the release workflow pins actions by commit and Deno as the README does", () => {
  const actions = found(/uses: (.*)/g);
  assert.ok(actions.length > 0);
  for (const action of actions) {
    assert.match(action, /^actions\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  }
  const versions = [workflow, read("README.md"), read(".ci/run")].map((
    text,
  ) => [...new Set(found(/\bdeno@(\S+)/g, text))]);
  assert.deepEqual(versions, [["2.8.3"], ["2.8.3"], ["2.8.3"]]);
});

Deno.test("the release workflow starts tasks that there are", () => {
  const tasks = found(/deno@\S+ task (\w+)/g);
  assert.ok(tasks.length > 0);
  for (const task of tasks) assert.ok(task in config.tasks, task);
});

Deno.test("every executable is among the files of a release", () => {
  const [pattern] = found(/dist\/([\w-]+)\*/g);
  for (const { executable } of Object.values(targets)) assert.ok(executable.startsWith(pattern));
});
