import { parseArgs } from "node:util";

/**
 * `deno task fuzz`: runs all property tests of the project with many more inputs than in the
 * normal suite. Tests that set their own number of inputs keep it.
 */

const HELP = `deno task fuzz [options]
  --runs N      inputs for each property (default 5000; the normal suite tries 100)
  --seed N      the same inputs again (default: another one each time; printed)
  --only TEXT   only tests whose name contains TEXT`;

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "5000" },
    seed: { type: "string", default: String(crypto.getRandomValues(new Int32Array(1))[0]) },
    only: { type: "string" },
    help: { type: "boolean" },
  },
});
if (values.help) {
  console.log(HELP);
  Deno.exit();
}

const root = new URL("../../", import.meta.url);

/** Returns the test files below a folder that contain properties. */
function propertyTests(folder: string): string[] {
  return [...Deno.readDirSync(new URL(folder, root))].flatMap(({ name, isDirectory }) => {
    const path = `${folder}${name}`;
    if (isDirectory) return propertyTests(`${path}/`);
    const isOne = name.endsWith("_test.ts") &&
      /fast-check/.test(Deno.readTextFileSync(new URL(path, root)));
    return isOne ? [path] : [];
  });
}

const files = ["core/", "boards/", "ffi/", "tests/"].flatMap(propertyTests).sort();
console.log(`${files.length} files, ${values.runs} inputs for each property, seed ${values.seed}`);
const { success } = await new Deno.Command(Deno.execPath(), {
  args: [
    ...["test", "-A", "--parallel", "--preload", "tests/fuzz/more_runs.ts"],
    ...(values.only === undefined ? [] : ["--filter", values.only]),
    ...files,
  ],
  cwd: root,
  env: { FUZZ_RUNS: values.runs, FUZZ_SEED: values.seed },
}).spawn().status;
Deno.exit(success ? 0 : 1);
