import type { JobRequest } from "../commands/job.ts";
import type { ReadyBoard } from "../devices/board_names.ts";
import type { Session } from "../session.ts";
import type { CheckId } from "./checks.ts";
import type { Check } from "./record.ts";
import type { TracedJob } from "./traced_job.ts";

/** What a stage works with. */
export interface StageContext {
  readonly session: Session;
  readonly known: ReadyBoard;
  /** Runs a job on the board, with a trace of its own. */
  run(request: Omit<JobRequest, "board">, session?: Session): Promise<TracedJob>;
}

/** Does a stage. @returns what it judged; an empty list if it could not be done */
export type StageWork = (context: StageContext) => Promise<readonly Check[]>;

export const check = (id: CheckId, passed: boolean | null, detail?: string): Check => ({
  id,
  passed,
  ...(detail !== undefined && { detail }),
});
