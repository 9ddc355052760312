import type { Answers } from "../doctor/answers.ts";
import { exitCodes, type Failure } from "../../common/errors.ts";
import type { Words } from "../../common/text.ts";
import type { Finding } from "../doctor/findings.ts";

/** What `doctor` prints: the answers, the findings, and the end. */
export type DoctorLine =
  | ({ readonly type: "answers" } & Answers)
  | FindingLine
  | {
    readonly type: "doctor-ended";
    /** @asType integer */
    readonly exitCode: number;
  };

/** What an answer means. */
export interface FindingLine extends Pick<Finding, "about" | "subject" | "state" | "text"> {
  readonly type: "finding";
  /** What can be done, one action each. */
  readonly advice: readonly Words[];
  /** For a problem: how a run would end. */
  readonly error?: Failure;
}

/** Returns the line for a finding. */
export function findingLine({ kind, data = {}, repair: advice, ...finding }: Finding): FindingLine {
  const line: FindingLine = { type: "finding", ...finding, advice };
  if (kind === undefined) return line;
  const { text: message } = finding;
  return { ...line, error: { kind, message, data, exitCode: exitCodes[kind], advice } };
}
