import { fileURLToPath } from "node:url";
import { exists } from "../../tools/files.ts";
import { run } from "../../tools/run.ts";
import { executableFile, projectRoot, type Target } from "../../tools/targets.ts";

/**
 * Builds the executable of a target; with `--built` among the arguments it uses the one in dist/
 * unchanged.
 * @returns its path.
 */
export async function builtExecutable(target: Target): Promise<string> {
  const file = executableFile(target);
  if (Deno.args.includes("--built")) {
    if (!await exists(file)) throw new Error(`there is no ${fileURLToPath(file)}`);
  } else {
    const said = await run(Deno.execPath(), ["run", "-A", "tools/build.ts", target], {
      cwd: projectRoot,
    });
    console.log(said.split("\n")[0]);
  }
  return fileURLToPath(file);
}
