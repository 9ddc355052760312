import type { Failure } from "../../common/errors.ts";
import type { FactRecord } from "../fieldtest/judged_facts.ts";
import type { StageRecord } from "../fieldtest/record.ts";
import type { StageId } from "../fieldtest/stage_id.ts";

/** What `fieldtest` prints beside the events of its runs. */
export type FieldTestLine =
  | { readonly type: "fieldtest-stage-started"; readonly stage: StageId }
  | { readonly type: "fieldtest-pull-cable"; readonly step: string }
  | ({ readonly type: "fieldtest-stage" } & StageRecord)
  | {
    readonly type: "fieldtest-ended";
    readonly file: string;
    readonly simulated: boolean;
    /** @asType integer */
    readonly exitCode: number;
    /** Why it ended before its last stage. */
    readonly error?: Failure;
    readonly facts: readonly FactRecord[];
  };
