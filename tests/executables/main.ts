import { join } from "node:path";
import { dataFolder } from "../../core/cli/images/data_folder.ts";
import { hostSystem } from "../../ffi/native/mod.ts";
import { hostTarget } from "../../tools/targets.ts";
import { builtExecutable } from "./built.ts";
import { commonCases } from "./common_cases.ts";
import { type Launcher, start } from "./launcher.ts";
import { runCases } from "./run_cases.ts";
import { placeCases } from "./place_cases.ts";
import { sandboxCases } from "./sandbox_cases.ts";

/**
 * `deno task executable [--only=PATTERN] [--built]`: builds the executable of this machine and
 * tests it alone in an empty folder with an empty environment. On Linux it also proves what the
 * executable does not do.
 */

const target = hostTarget();
const executable = await builtExecutable(target);
const folder = await Deno.makeTempDir({ prefix: "unbrick-executable-" });
/** Windows does not start programs without these. */
const needed = Object.fromEntries(
  ["SystemRoot", "TEMP"].map((name) => [name, Deno.env.get(name)])
    .filter((entry): entry is [string, string] => entry[1] !== undefined),
);
const env = { ...needed, HOME: folder, LOCALAPPDATA: folder };
const launcher: Launcher = {
  title: `${target}, on this machine`,
  folder,
  inside: (name) => `${folder}/${name}`,
  imageStore: join(
    dataFolder(hostSystem(), (name) => new Map(Object.entries(env)).get(name))!,
    "images",
  ),
  run: (...args) => start([executable, ...args], { cwd: folder, env }),
};
const cases = Deno.build.os === "linux"
  ? [...commonCases, ...sandboxCases(executable), ...placeCases(executable)]
  : commonCases;
const code = await runCases(cases, launcher).finally(() =>
  Deno.remove(folder, { recursive: true })
);
Deno.exit(code);
