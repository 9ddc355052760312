import { fileURLToPath, pathToFileURL } from "node:url";
import { ensureDenort, ensureHidapi, ensureLibusb } from "./native.ts";
import { run } from "./run.ts";
import { buildEnvironment } from "./shipped.ts";
import { makeStage } from "./stage.ts";
import { projectRoot, type Target, targets } from "./targets.ts";

/**
 * The permissions of the program. It never gets the network and may not start other programs; a
 * plugin may not import from the network either. About the system, it may only ask how much space a
 * folder has.
 */
const permissions = ["--allow-ffi", "--allow-read", "--allow-write", "--allow-env"]
  .concat(
    "--allow-sys=statfs,hostname",
    "--deny-net",
    "--deny-run",
    "--deny-import",
    "--no-prompt",
  );

/**
 * How V8 runs the program. A smaller space for short-lived objects (MiB) costs no time and saves
 * about 8 MiB at the peak; one that has this size from the beginning saves a tenth of the time of a
 * start. Code is compiled, and memory collected, on the thread that runs the program: helper threads
 * cost a short run a tenth of its processor time, and up to 10 MiB of memory that differ from run to
 * run. Without the slowest of V8's compilers, nothing on that thread delays a device's answer; the second
 * slowest is left for what is called thousands of times, and the quickest is not used: a restore ends
 * before it has paid for what is compiled. That costs a long run of simulated cameras a twelfth more
 * processor time, and saves a slow computer a fifth of a restore's. If V8 knows where the space for other
 * objects begins (MiB, about twice what a start needs), it marks nothing during most runs. Where it
 * does, it marks all at once, which takes 25 ms: what it keeps while it marks step by step is 33 MiB
 * more for a restore of an AE3.
 */
const v8Flags = [
  ...["--max-semi-space-size=4", "--min-semi-space-size=4"],
  ...["--single-threaded", "--no-turbofan", "--no-sparkplug"],
  ...["--invocation-count-for-maglev=4000"],
  ...["--initial-old-space-size=28", "--no-incremental-marking"],
];

/**
 * The most bytes that the program may add to its runtime. More would mean that something was
 * embedded by accident.
 */
const payloadLimit = 16_000_000;

export interface CompileOptions {
  readonly target: Target;
  readonly output: URL;
  /** False: the runtime that tools/denort.ts extracts, or the one that DENORT_BIN names. */
  readonly officialRuntime: boolean;
  /** Files of this project that are embedded besides libraries and images. */
  readonly include: readonly URL[];
  /** Images that replace `images/`, by path below it. */
  readonly images?: ReadonlyMap<string, Uint8Array>;
}

/**
 * Makes an executable.
 * @returns its size in bytes
 */
export async function compile(options: CompileOptions): Promise<number> {
  const { target, output } = options;
  const libraries = [await ensureLibusb(target), await ensureHidapi(target)]
    .filter((library) => library !== undefined).map((library) => pathToFileURL(library));
  const included = [...libraries, ...options.include];
  const runtime = await runtimeFor(target, options.officialRuntime);
  await using stage = await makeStage(included, options.images);

  await Deno.mkdir(new URL(".", output), { recursive: true });
  await run(Deno.execPath(), [
    "compile",
    "--quiet",
    "--no-check", // `deno task check` checks the types
    "--no-config",
    // The cache would be in a folder to which every user may write, and it saves no time.
    "--no-code-cache",
    `--v8-flags=${v8Flags.join(",")}`,
    ...permissions,
    ...["--target", targets[target].triple],
    ...["--output", fileURLToPath(output)],
    ...included.flatMap((file) => ["--include", file.href.slice(projectRoot.href.length)]),
    ...["--include", "images"],
    "main.js",
  ], { cwd: stage.root, env: { ...buildEnvironment, ...(runtime && { DENORT_BIN: runtime }) } });

  const { size } = await Deno.stat(output);
  const payload = runtime ? size - (await Deno.stat(runtime)).size : 0;
  const ofImages = [...options.images?.values() ?? []].reduce((sum, { length }) => sum + length, 0);
  if (payload > payloadLimit + ofImages) {
    throw new Error(`the program adds ${payload} bytes to its runtime, more than ${payloadLimit}`);
  }
  return size;
}

async function runtimeFor(target: Target, official: boolean): Promise<string | undefined> {
  return Deno.env.get("DENORT_BIN") ?? (official ? undefined : await ensureDenort(target));
}
