import type { Clock } from "../../common/clock.ts";
import { makeZip } from "../../image/zip_writer.ts";
import type { RunEvent } from "../../plan/events.ts";
import { Recorder, type RunReport } from "../../plan/report.ts";
import { readTrace, type TraceEntry } from "../../trace/read_trace.ts";
import { inAllStrings, rewriteTrace } from "../../trace/rewrite_trace.ts";
import { withoutUserData } from "../../trace/user_data.ts";

/** The name of the trace in the zip. */
export const TRACE_NAME = "trace.pcapng";

export interface ExportOptions {
  readonly withUserData: boolean;
  /** Takes out names; left out: they stay. */
  readonly words?: (text: string) => string;
  /** What doctor says of this computer. */
  readonly doctor: unknown;
}

/** Returns the one file to send: the trace, the record that follows from it, and doctor's facts. */
export function runZip(
  bytes: Uint8Array,
  { withUserData, words = (text) => text, doctor }: ExportOptions,
): Uint8Array {
  const trace = withUserData
    ? rewriteTrace(bytes, { words, leavesOut: () => false })
    : withoutUserData(bytes, words);
  const files = new Map<string, Uint8Array>([[TRACE_NAME, trace]]);
  const add = (name: string, value: unknown) =>
    files.set(
      name,
      new TextEncoder().encode(JSON.stringify(inAllStrings(value, words), null, 2) + "\n"),
    );
  const record = recordOf(readTrace(trace, TRACE_NAME));
  if (record) add("record.json", record);
  add("doctor.json", doctor);
  return makeZip(files);
}

/** The record of the last run in a trace; undefined if there was none. */
export function recordOf(entries: readonly TraceEntry[]): RunReport | undefined {
  const notes = entries.filter((one) => one.type === "note");
  const began = notes.findLast(({ facts }) => facts.type === "job");
  const [start] = notes.filter(({ facts }) => facts.type === "started");
  if (!began || !start) return undefined;
  const { request, options } = began.facts as unknown as {
    request: RecordedRequest;
    options: RecordedOptions;
  };
  const clock: Clock = {
    now: () => 0,
    date: () => new Date(began.time / 1000),
    sleep: () => Promise.reject(new Error("a record waits for nothing")),
  };
  const recorder = new Recorder(clock, {
    version: String(start.facts.version),
    job: request.job,
    operator: options.operator,
    simulated: options.simulate,
  });
  for (const { time, facts } of notes) {
    if (time >= began.time && facts.type === "event") recorder.add(facts.event as RunEvent);
  }
  return recorder.report();
}

type RecordedRequest = { readonly job: RunReport["job"] };
type RecordedOptions = { readonly operator?: string; readonly simulate: boolean };
