import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { exists } from "./files.ts";
import { licenceTexts } from "./licences.ts";
import { ensureDenort, ensureLibusb } from "./native.ts";
import { run } from "./run.ts";
import { nativeFolder, parseTarget, projectRoot, type Target, targets } from "./targets.ts";

/**
 * `deno task build [TARGET…] [--official-runtime]`: makes dist/unbrick-TARGET, one file with everything
 * in it, and dist/licences. Without `--official-runtime` (or DENORT_BIN) the runtime is the one that
 * tools/denort.ts extracts, because the official download is not reachable everywhere; releases use the
 * official one.
 */

/** What the program may do. It never gets the network, nor may it start other programs. */
const permissions = ["--allow-ffi", "--allow-read", "--allow-write", "--allow-env", "--no-prompt"];

/** Most bytes the program may add to its runtime: more means that something got in by accident. */
const payloadLimit = 24_000_000;

async function build(target: Target, officialRuntime: boolean): Promise<void> {
  await ensureLibusb(target);
  const library = new URL(targets[target].libusb, nativeFolder(target));
  const runtime = Deno.env.get("DENORT_BIN") ??
    (officialRuntime ? undefined : await ensureDenort(target));
  const output = new URL(`dist/${targets[target].executable}`, projectRoot);
  await Deno.mkdir(new URL(".", output), { recursive: true });
  await run(Deno.execPath(), [
    "compile",
    "--quiet",
    ...permissions,
    ...["--target", targets[target].triple],
    ...["--output", fileURLToPath(output)],
    ...["--include", fileURLToPath(library)],
    ...["--include", "images"],
    "main.ts",
  ], { cwd: projectRoot, env: runtime ? { DENORT_BIN: runtime } : {} });

  const { size } = await Deno.stat(output);
  if (runtime) {
    const payload = size - (await Deno.stat(runtime)).size;
    if (payload > payloadLimit) {
      throw new Error(
        `the program adds ${payload} bytes to its runtime, more than ${payloadLimit}`,
      );
    }
  }
  console.log(`dist/${targets[target].executable}: ${(size / 1e6).toFixed(1)} MB`);
}

/** Writes the licence texts beside the executables. */
async function writeLicences(): Promise<void> {
  const folder = new URL("dist/licences/", projectRoot);
  if (await exists(folder)) await Deno.remove(folder, { recursive: true });
  await Deno.mkdir(folder, { recursive: true });
  for (const { file, text } of await licenceTexts()) {
    await Deno.writeTextFile(new URL(file, folder), text);
  }
  console.log("dist/licences: the licence texts");
}

if (import.meta.main) {
  const { values, positionals } = parseArgs({
    args: Deno.args,
    options: { "official-runtime": { type: "boolean", default: false } },
    allowPositionals: true,
  });
  try {
    const chosen = positionals.length > 0 ? positionals : ["linux-x64"];
    for (const target of chosen.map(parseTarget)) {
      await build(target, values["official-runtime"]);
    }
    await writeLicences();
  } catch (error) {
    console.error(`build failed: ${error instanceof Error ? error.message : error}`);
    Deno.exit(1);
  }
}
