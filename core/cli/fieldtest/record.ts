import type { Failure } from "../../common/errors.ts";
import type { Outcome } from "../../plan/events.ts";
import type { Observed } from "../../trace/field/judge.ts";
import type { CheckId } from "./checks.ts";
import type { Answer, QuestionId } from "./questions.ts";
import type { StageId } from "./stage_id.ts";

/** A line of the checklist that the program judged; `passed` is null if it could not. */
export interface Check {
  readonly id: CheckId;
  readonly passed: boolean | null;
  /** What was seen, in English. */
  readonly detail?: string;
}

/** What became of one stage. A stage that is repeated replaces its earlier record. */
export interface StageRecord {
  readonly id: StageId;
  /** `skipped`: the person did not want it, or it cannot be done here. It is offered again. */
  readonly state: "passed" | "failed" | "skipped" | "stopped";
  /** Why it was skipped, in English. */
  readonly reason?: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** @asType integer */
  readonly ms: number;
  readonly checks: readonly Check[];
  readonly answers: readonly { readonly id: QuestionId; readonly answer: Answer }[];
  /** What the traces show about each fact, by its id. */
  readonly observed: Readonly<Record<string, Observed>>;
  /** Names of its runs in the zip, without their ends `.pcapng` and `.json`. */
  readonly runs: readonly string[];
  /** How its last run ended; left out if none began. */
  readonly outcome?: Outcome;
  readonly error?: Failure;
}

/** The result of a field test: `fieldtest.json` in its zip, from which the same command goes on. */
export interface FieldTestRecord {
  readonly schema: 1;
  readonly fieldtest: true;
  readonly tool: { readonly name: "unbrick"; readonly version: string };
  readonly os: string;
  readonly board: { readonly id: string; readonly name: string };
  /** True if the camera was simulated: then nothing here is about a real one. */
  readonly simulated: boolean;
  readonly operator?: string;
  readonly startedAt: string;
  readonly imagesFrom: string;
  /** SHA-256 of each image, by its role. */
  readonly images: Readonly<Record<string, string>>;
  readonly stages: readonly StageRecord[];
}
