import type { RunReport } from "../../plan/report.ts";
import type { JsonLine } from "./json_line.ts";

/** Every JSON document that unbrick makes: a line of `--json`, or the record of a run. */
export type JsonDocument = JsonLine | RunReport;
