import type { RecordProblem } from "../records/verify_folder.ts";

/** What `verify-records` says of a folder. */
export interface VerifiedRecordsLine {
  readonly type: "verified-records";
  readonly folder: string;
  readonly intact: boolean;
  /** @asType integer */
  readonly exitCode: number;
  /** @asType integer */
  readonly records: number;
  /** SHA-256 of the last record. */
  readonly last?: string;
  /** Id of the key that was asked for and has signed the last record; null if none was asked for. */
  readonly signedBy: string | null;
  readonly problems: readonly RecordProblem[];
  /** Files of records whose runs have not ended. */
  readonly unfinished: readonly string[];
}
