import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import config from "../deno.json" with { type: "json" };
import { inTempFolder } from "./support/temp_folder.ts";

/** Tests what `.ci/run` runs and how it counts, with programs in place of the tasks. */

const script = fileURLToPath(new URL("../.ci/run", import.meta.url));

/** Tasks that `.ci/run` does not start itself, and why. */
const notStarted: Readonly<Record<string, string>> = {
  package: "debian runs it",
  schema: "check compares what it makes",
  sentences: "check compares what it makes",
  bench: "its limits are those of an idle machine",
  "lock-images": "a maintainer runs it, with a network",
};

interface Ending {
  readonly code: number;
  readonly last: string;
  readonly said: string;
}

/** Runs `.ci/run`. @param tasks shell commands in place of tasks, by name; the others print nothing */
async function runWith(tasks: Readonly<Record<string, string>>): Promise<Ending> {
  return await inTempFolder(async (folder) => {
    const cases = Object.entries(tasks).map(([name, command]) => `${name}) ${command} ;;`);
    const program = (text: string) => `#!/bin/sh\n${text}\n`;
    const programs = {
      npx: program(`shift 3; case "$1" in\n${cases.join("\n")}\nesac`),
      "apt-get": program("exit 0"),
    };
    for (const [name, text] of Object.entries(programs)) {
      await Deno.writeTextFile(`${folder}/${name}`, text, { mode: 0o755 });
    }
    const env = { PATH: `${folder}:${Deno.env.get("PATH")}` };
    const { code, stdout } = await new Deno.Command("bash", { args: [script], env }).output();
    const said = new TextDecoder().decode(stdout);
    return { code, last: said.trimEnd().split("\n").at(-1)!, said };
  });
}

const options = { ignore: Deno.build.os !== "linux" };
const stages = [...Deno.readTextFileSync(script).matchAll(/^stage \S+ deno task (\S+)/gm)]
  .map(([, task]) => task);

Deno.test("every task is run by .ci/run, or there is a reason why not", () => {
  const missing = Object.keys(config.tasks).filter((task) => !stages.includes(task));
  assert.deepEqual(missing.sort(), Object.keys(notStarted).sort());
  for (const task of stages) assert.ok(task in config.tasks, task);
});

Deno.test(
  "a stage that reports no tests counts as one; others count their tests",
  options,
  async () => {
    const { code, last } = await runWith({
      test:
        "echo '3 passed, 1 failed'; echo 'ok | 40 passed (7 steps) | 0 failed | 2 ignored (9s)'",
      windows: "echo '26 passed, 0 failed'",
    });
    assert.equal(last, `${stages.length - 2 + 40 + 26} passed, 0 failed`);
    assert.equal(code, 0);
  },
);

Deno.test(
  "a failed test counts once, a stage that fails without one as a failure",
  options,
  async () => {
    const { code, last, said } = await runWith({
      test: "echo 'FAILED | 40 passed | 2 failed (9s)'; exit 1",
      windows: "echo 'wine was not found'; exit 1",
      debian: "echo '7 passed, 0 failed'; exit 1",
      pages: "echo '8 passed, 3 failed'",
    });
    assert.equal(last, `${stages.length - 4 + 40 + 7 + 8} passed, ${2 + 1 + 1 + 3} failed`);
    assert.equal(code, 1);
    assert.match(said, /wine was not found\n== windows FAILED after \d+ s/);
  },
);
