import process from "node:process";
import fc from "fast-check";
import {
  ANSWER,
  type Coverage,
  type RunAnswer,
  type RunRequest,
  testId,
  type TestRun,
} from "./messages.ts";

/**
 * Loads and runs tests of the instrumented copy in one process, as the runner says on the standard
 * input. The current folder is the copy.
 */

/** What Stryker's instrumented code looks at. */
interface Switches {
  activeMutant?: string;
  currentTestId?: string;
  hitCount?: number;
  hitLimit?: number;
  mutantCoverage: Coverage;
}

interface Test {
  readonly name: string;
  readonly fn: (context: Deno.TestContext) => void | Promise<void>;
}

const switches: Switches = { mutantCoverage: { static: {}, perTest: {} } };
Object.assign(globalThis, { __stryker__: switches });

/** Tests of the files that are loaded. */
const loaded = new Map<string, Test[]>();
/** An error that no test caught. */
let stray: unknown;

// A property must find the same cases with each mutant.
fc.configureGlobal({ seed: 42 });
for (const kind of ["unhandledrejection", "error"]) {
  addEventListener(kind, (event) => {
    event.preventDefault();
    stray ??= "reason" in event ? event.reason : "error" in event ? event.error : event;
  });
}
console.log =
  console.info =
  console.warn =
  console.error =
    () => {};
watchParent();

let collected: Test[] = [];
Object.assign(Deno, {
  test(first: string | Partial<Test>, second?: unknown, third?: unknown) {
    const fn = [third, second].find((one) => typeof one === "function");
    const named = typeof first === "string" ? { name: first } : first;
    const test = { fn, ignore: false, ...named, ...(third ? second as object : {}) };
    if (!test.ignore) collected.push(test as unknown as Test);
  },
});

async function load(file: string): Promise<Test[]> {
  let tests = loaded.get(file);
  if (!tests) {
    collected = tests = [];
    loaded.set(file, tests);
    await import(`file://${Deno.cwd()}/${file}`);
  }
  return tests;
}

function context(name: string): Deno.TestContext {
  const step = async (first: string | Test, fn?: Test["fn"]) => {
    const test = typeof first === "string" ? { name: first, fn: fn! } : first;
    await test.fn(context(test.name));
    return true;
  };
  return { name, step } as Deno.TestContext;
}

async function runTest(file: string, { name, fn }: Test): Promise<TestRun> {
  stray = undefined;
  switches.currentTestId = testId({ file, name });
  const from = performance.now();
  let error: unknown;
  try {
    await fn(context(name));
    error = stray;
  } catch (thrown) {
    error = thrown ?? "undefined was thrown";
  } finally {
    switches.currentTestId = undefined;
  }
  const ms = performance.now() - from;
  return { file, name, ms, ...(error !== undefined && { error: String(error).slice(0, 300) }) };
}

async function answer({ tests, mutant, isStatic, hitLimit }: RunRequest): Promise<RunAnswer> {
  const runs: TestRun[] = [];
  switches.hitCount = hitLimit === undefined ? undefined : 0;
  switches.hitLimit = hitLimit;
  try {
    for (const { file, name } of tests) {
      switches.activeMutant = isStatic ? mutant : undefined;
      const all = await load(file);
      switches.activeMutant = mutant;
      for (const test of all.filter((test) => name === undefined || test.name === name)) {
        const run = await runTest(file, test);
        runs.push(run);
        if ((switches.hitCount ?? 0) > (hitLimit ?? 0)) return { runs, isEndless: true };
        if (run.error !== undefined && mutant !== undefined) return { runs };
      }
    }
    return { runs, ...(mutant === undefined && { coverage: switches.mutantCoverage }) };
  } catch (error) {
    return { runs, loadError: String(error) };
  } finally {
    switches.activeMutant = undefined;
  }
}

/** Ends this process when the runner is gone; an endless loop would not notice it. */
function watchParent(): void {
  const program = `const parent = Deno.ppid;
    setInterval(() => { if (Deno.ppid !== parent) Deno.kill(Deno.pid, "SIGKILL"); }, 1000);`;
  new Worker(`data:application/javascript,${encodeURIComponent(program)}`, { type: "module" });
}

let rest = "";
process.stdin.setEncoding("utf8");
for await (const chunk of process.stdin) {
  const lines = (rest + chunk).split("\n");
  rest = lines.pop()!;
  for (const line of lines) {
    const said = new TextEncoder().encode(
      `${ANSWER}${JSON.stringify(await answer(JSON.parse(line)))}\n`,
    );
    for (let at = 0; at < said.length;) at += Deno.stdout.writeSync(said.subarray(at));
  }
}
Deno.exit(0);
