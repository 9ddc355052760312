import { fileURLToPath } from "node:url";
import config from "../../deno.json" with { type: "json" };
import { run } from "../../tools/run.ts";
import { projectRoot } from "../../tools/targets.ts";
import { builtExecutable } from "../executables/built.ts";
import { runCases } from "../executables/run_cases.ts";
import { packageCases } from "./cases.ts";
import { system, USER } from "./system.ts";

/**
 * `deno task debian [--only=PATTERN] [--built]`: makes the .deb of this executable, then installs, uses and
 * removes it in a Debian 13, as root. The cases build on each other.
 */

await system.ensure(() => system.run(["useradd", "--create-home", USER]));
await builtExecutable("linux-x64");
const name = `unbrick_${config.version}_amd64.deb`;
await run(Deno.execPath(), ["run", "-A", "tools/package.ts"], { cwd: projectRoot });
await Deno.copyFile(
  fileURLToPath(new URL(`dist/${name}`, projectRoot)),
  system.outside(`/tmp/${name}`),
);
const asUser = (...line: readonly string[]) => system.enter(["runuser", "-l", USER, "-c", ...line]);
const code = await runCases(packageCases(`/tmp/${name}`), {
  title: `${name} in a Debian 13`,
  folder: system.outside(`/home/${USER}`),
  inside: (name) => `/home/${USER}/${name}`,
  imageStore: `/home/${USER}/.local/share/unbrick/images`,
  run: (...args) => asUser(["unbrick", ...args].join(" ")),
});
Deno.exit(code);
