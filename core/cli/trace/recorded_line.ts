import { badImage } from "../../image/bad_image.ts";
import { text } from "../../common/text.ts";
import type { TracedNote, TraceEntry } from "../../trace/read_trace.ts";

/** A job as it was asked for. */
export interface RecordedJob {
  readonly request: unknown;
  readonly options: unknown;
  /** As `RequestOrigin`, if there was one. */
  readonly origin?: unknown;
}

/** What a trace is a recording of. */
export interface RecordedLine {
  readonly argv: readonly string[];
  /** The last job; undefined if none was run. */
  readonly job?: RecordedJob;
  /** What happened since the job began, or since the line began. */
  readonly entries: readonly TraceEntry[];
}

/** @throws UnbrickError `bad-image` if unbrick did not write the trace */
export function recordedLine(entries: readonly TraceEntry[], name: string): RecordedLine {
  const isNote = (type: string) => (one: TraceEntry): one is TracedNote =>
    one.type === "note" && one.facts.type === type;
  const [start] = entries.filter(isNote("started"));
  if (!start) throw badImage(name, text`it is not a trace of unbrick`);
  const argv = (start.facts.argv as unknown[]).map(String);
  const jobAt = entries.findLastIndex(isNote("job"));
  if (jobAt < 0) return { argv, entries };
  const { request, options, tool, origin } = (entries[jobAt] as TracedNote).facts;
  return tool
    ? { argv, entries }
    : { argv, job: { request, options, origin }, entries: entries.slice(jobAt) };
}
