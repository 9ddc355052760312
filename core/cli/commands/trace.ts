import { UnbrickError } from "../../common/errors.ts";
import { joined, text } from "../../common/text.ts";
import type { Session } from "../session.ts";
import { openTrace } from "../trace/open_trace.ts";
import { type TraceLine, traceLines, traceLineText } from "../trace/trace_lines.ts";
import { exitCodes } from "../../common/errors.ts";
import { jsonLine } from "../json/json_line.ts";
import type { TraceContent } from "../json/trace_content.ts";

export function showTrace(
  { console, options }: Session,
  given: { readonly file: string; readonly step?: string; readonly errors: boolean },
): number {
  const { step } = given;
  const all = traceLines(openTrace(given.file));
  const steps = [...new Set(all.flatMap((one) => one.step ?? []))];
  if (step !== undefined && !steps.includes(step)) {
    throw new UnbrickError(
      "usage",
      steps.length > 0
        ? text`The trace has no step ${step}; it has ${joined(steps, ", ")}.`
        : text`The trace has no step ${step}, because it contains no run.`,
      { step },
    );
  }
  const start = all[0]?.time ?? 0;
  const lines = all.filter((line) =>
    (step === undefined || line.step === step) && (!given.errors || line.isError)
  );
  const print = options.json
    ? (line: TraceLine) => jsonLine(factsOf(line), new Date(line.time / 1000))
    : (line: TraceLine) => traceLineText(line, start);
  console.write(lines.map((line) => print(line) + "\n").join(""));
  return 0;
}

/** What `--json` prints of a line; payloads as hexadecimal digits. */
function factsOf({ place, what, answer, us, step, isError, entry }: TraceLine): TraceContent {
  const common = { place, what, answer, us, step, isError };
  if (entry.type === "note") return { type: "trace-note", ...common, facts: entry.facts };
  if (entry.type === "serial") {
    const { direction, bytes, leftOut } = entry;
    return { type: "serial", ...common, direction, bytes: bytes.toHex(), leftOut };
  }
  const { setup, endpoint, length, moved, status, error, sent, received, leftOut } = entry;
  return {
    ...{ type: "transfer", ...common, setup, endpoint, length, moved, status },
    ...(error && { error: { ...error, data: {}, exitCode: exitCodes[error.kind] } }),
    ...{ sent: sent.toHex(), received: received.toHex(), leftOut, isBySystem: entry.isBySystem },
  };
}
