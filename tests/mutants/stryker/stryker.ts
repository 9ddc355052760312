import type { PlanKind } from "@stryker-mutator/api/core";
import type { PluginKind } from "@stryker-mutator/api/plugin";
import type { DryRunStatus, MutantRunStatus, TestStatus } from "@stryker-mutator/api/test-runner";

/**
 * Names of Stryker's that its plugins use as values. They cannot import its package: Stryker loads
 * them in processes that do not read this project's deno.json.
 */

export const plugin = {
  runner: "TestRunner" as PluginKind.TestRunner,
  reporter: "Reporter" as PluginKind.Reporter,
};

export const plan = { run: "Run" as PlanKind.Run };

export const dryRun = {
  complete: "complete" as DryRunStatus.Complete,
  error: "error" as DryRunStatus.Error,
};

export const test = { success: 0 as TestStatus.Success };

export const mutantRun = {
  killed: "killed" as MutantRunStatus.Killed,
  survived: "survived" as MutantRunStatus.Survived,
  timeout: "timeout" as MutantRunStatus.Timeout,
  error: "error" as MutantRunStatus.Error,
};
