import { concat } from "../../common/bytes.ts";
import { asUnbrickError, type UnbrickError } from "../../common/errors.ts";
import type { RunEvent } from "../../plan/events.ts";
import type { RunResult } from "../../plan/engine.ts";
import { readTrace, type TraceEntry } from "../../trace/read_trace.ts";
import { rewriteTrace } from "../../trace/rewrite_trace.ts";
import { withoutUserData } from "../../trace/user_data.ts";
import { type JobRequest, runJob } from "../commands/job.ts";
import type { Session } from "../session.ts";
import { keptTrace } from "../trace/kept_trace.ts";
import { RunTrace } from "../trace/run_trace.ts";

/** A job of a stage, and everything that happened on the wire. */
export interface TracedJob {
  /** Undefined if the job could not even begin. */
  readonly result?: RunResult;
  readonly error?: UnbrickError;
  readonly entries: readonly TraceEntry[];
  readonly events: readonly RunEvent[];
  /** The trace without the user's data and, with `words`, without names. */
  toSend(words: (text: string) => string): Uint8Array;
}

/** Runs a job whose traffic goes into a trace of its own, besides those of the command line. */
export async function tracedJob(session: Session, request: JobRequest): Promise<TracedJob> {
  const { context, clock, options } = session;
  const blocks: Uint8Array[] = [];
  const sink = {
    bytes: 0,
    write: (block: Uint8Array) => sink.bytes += blocks[blocks.push(block) - 1].length,
  };
  // The test itself reads the user's data; `toSend` leaves it out.
  const trace = keptTrace(sink, {
    clock,
    application: `unbrick ${context.version}`,
    withUserData: true,
  });
  const own = new RunTrace([trace]);
  const { version, os, openUsbBus, openSerialBus } = context;
  const argv = ["fieldtest", request.board ?? ""];
  own.note({ type: "started", schema: 1, version, os, argv }, ["unbrick", ...argv].join(" "));
  const events: RunEvent[] = [];
  let result: RunResult | undefined, error: UnbrickError | undefined;
  try {
    result = await runJob({
      ...session,
      options: { ...options, report: undefined },
      context: {
        ...context,
        trace: context.trace?.and(trace) ?? own,
        openUsbBus: async (options) => own.usb(await openUsbBus(options)),
        ...(openSerialBus && { openSerialBus: async () => own.serial(await openSerialBus()) }),
      },
    }, {
      ...request,
      onlyOrdinary: true,
      onEvent(event) {
        events.push(event);
        request.onEvent?.(event);
      },
    });
    error = result.error;
  } catch (thrown) {
    error = asUnbrickError(thrown);
  }
  own.note({ type: "ended", exitCode: error?.exitCode ?? 0 }, `exit code ${error?.exitCode ?? 0}`);
  const whole = concat(blocks);
  return {
    result,
    error,
    events,
    entries: readTrace(whole, "the trace"),
    toSend: (words) =>
      request.job === "look" // reads descriptors and nothing else
        ? rewriteTrace(whole, { words, leavesOut: () => false })
        : withoutUserData(whole, words),
  };
}
