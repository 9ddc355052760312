import { RunReporter } from "./reporter.ts";
import { DenoRunner } from "./runner.ts";
import { plugin } from "./stryker.ts";

/** What Stryker loads, in each of its processes. */
export const strykerPlugins = [
  { kind: plugin.runner, name: "deno", injectableClass: DenoRunner },
  { kind: plugin.reporter, name: "run", injectableClass: RunReporter },
];
