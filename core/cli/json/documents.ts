import type { RunReport } from "../../plan/report.ts";
import type { Batch } from "../records/batch.ts";
import type { JsonLine } from "./json_line.ts";

/** Every JSON document that unbrick makes: a line of `--json`, and the files of records. */
export type JsonDocument = JsonLine | RunReport | Batch;
