// Stryker starts processes that do not see this project's deno.json, so its version stands here.
// deno-lint-ignore-file no-import-prefix

export { type Mutant, type MutantResult, PlanKind } from "npm:@stryker-mutator/api@10.1.1/core";
export { declareClassPlugin, PluginKind } from "npm:@stryker-mutator/api@10.1.1/plugin";
export type {
  DryRunCompletedEvent,
  MutationTestingPlanReadyEvent,
  Reporter,
} from "npm:@stryker-mutator/api@10.1.1/report";
export {
  type DryRunResult,
  DryRunStatus,
  type MutantRunOptions,
  type MutantRunResult,
  MutantRunStatus,
  type TestRunner,
  TestStatus,
} from "npm:@stryker-mutator/api@10.1.1/test-runner";
