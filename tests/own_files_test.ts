import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { ensureDenort } from "../tools/native.ts";
import { run } from "../tools/run.ts";
import { projectRoot } from "../tools/targets.ts";
import { inTempFolder } from "./support/temp_folder.ts";

const SOURCE = "tests/support/compiled/own_file.ts";

Deno.test({
  // The other systems' Deno runtimes are not in a package.
  ignore: Deno.build.os !== "linux",
  name: "a program finds its own files, also compiled without being bundled, as the guest's are",
  fn: () =>
    inTempFolder(async (folder) => {
      const program = join(folder, "program");
      const compile = ["compile", "--quiet", "--no-check", "--no-lock", "--allow-read"];
      await run(Deno.execPath(), [
        ...compile,
        ...["--include", "CHANGELOG.md", "--output", program, SOURCE],
      ], {
        cwd: projectRoot,
        env: { DENORT_BIN: Deno.env.get("DENORT_BIN") ?? await ensureDenort() },
      });
      assert.equal((await run(program, [], { cwd: pathToFileURL(folder) })).trim(), "# Changelog");
      const source = fileURLToPath(new URL(SOURCE, projectRoot));
      const own = await run(Deno.execPath(), ["run", "--allow-read", source], {
        cwd: pathToFileURL(folder),
      });
      assert.equal(own.trim(), "# Changelog");
    }),
});
