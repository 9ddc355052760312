import { declareClassPlugin, PluginKind } from "./stryker.ts";
import { RunReporter } from "./reporter.ts";
import { DenoRunner } from "./runner.ts";

/** What Stryker loads, in each of its processes. */
export const strykerPlugins = [
  declareClassPlugin(PluginKind.TestRunner, "deno", DenoRunner),
  declareClassPlugin(PluginKind.Reporter, "run", RunReporter),
];
