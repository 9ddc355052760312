import { type Clock, systemClock, withDeadline } from "../../common/clock.ts";
import { asUnbrickError, failureOf, type UnbrickError } from "../../common/errors.ts";
import { fileError } from "../../common/file_error.ts";
import { type Text, text } from "../../common/text.ts";
import { Trace } from "../../trace/trace.ts";
import { TraceFile } from "../../trace/trace_file.ts";
import type { Context } from "../context.ts";
import { say } from "../language/say.ts";
import { setAside } from "../pages/output_file.ts";
import { wrap } from "../terminal/layout.ts";
import { jsonLine } from "../json/json_line.ts";
import type { WarningLine } from "../json/lines.ts";
import { keptTrace } from "./kept_trace.ts";
import { RunTrace } from "./run_trace.ts";
import { beginKeptRun } from "./runs_folder.ts";

/** What a trace is made for. */
export interface TracedLine {
  readonly context: Context;
  readonly clock: Clock;
  /** The file of `--trace`; undefined: none is wanted. */
  readonly path: string | undefined;
  /** The folder where the last runs are kept; undefined: this one is not. */
  readonly runsFolder: string | undefined;
  /** True if the user's own data is kept there, too. */
  readonly withUserData: boolean;
  /** Returns what doctor says of this computer now; omitted for simulated cameras, which need none. */
  askDoctor?(signal: AbortSignal): Promise<unknown>;
  readonly argv: readonly string[];
  readonly json: boolean;
}

/** How long doctor may take at the end of a run, ms. */
const DOCTOR_MS = 5_000;

/**
 * Runs a command line whose traffic goes into a file, and into the folder of the last runs. An existing
 * file is kept as NAME.1. If something cannot be written to its end, a line says so; nothing else changes.
 * @throws UnbrickError `not-found`, `permission` if the file cannot be created
 */
export async function withTrace(
  line: TracedLine,
  work: (context: Context) => Promise<number>,
): Promise<number> {
  const { context, clock, path, argv } = line;
  const application = `unbrick ${context.version}`;
  const file = path === undefined ? undefined : new TraceFile(setAside(path));
  const kept = await keptFile(line);
  if (!file && !kept) return await work(context);
  const options = { clock, application, withUserData: line.withUserData };
  const keptOne = kept && keptTrace(kept, options);
  const traces = [
    ...file ? [new Trace({ sink: file, clock, application })] : [],
    ...keptOne ? [keptOne] : [],
  ];
  const trace = new RunTrace(traces, kept !== undefined);
  const { version, os } = context;
  trace.note({ type: "started", schema: 1, version, os, argv }, ["unbrick", ...argv].join(" "));
  try {
    const exitCode = await work(tracedContext(context, trace));
    trace.note({ type: "ended", exitCode }, `exit code ${exitCode}`);
    return exitCode;
  } catch (thrown) {
    const { kind, message, exitCode } = asUnbrickError(thrown);
    trace.note({ type: "ended", exitCode, error: { kind, message } }, `${kind}: ${message}`);
    throw thrown;
  } finally {
    if (keptOne && !context.signal.aborted) await noteDoctor(keptOne, line);
    await Promise.all([file?.close(), kept?.close()]);
    if (file?.lost) {
      printWarning(line, "trace-lost", text`The trace is incomplete: ${file.lost.text}`, file.lost);
    }
    if (kept?.lost) printNotKept(line, kept.lost);
  }
}

/** Begins the file of a kept run; undefined if it is not kept. A failure is one line. */
async function keptFile(line: TracedLine): Promise<TraceFile | undefined> {
  if (line.runsFolder === undefined) return undefined;
  try {
    return await beginKeptRun(line.runsFolder, line.context.clock.date());
  } catch (error) {
    printNotKept(line, fileError(line.runsFolder, "written", error));
    return undefined;
  }
}

/** Notes what doctor says when the run ends; what it cannot say in time is missing. */
async function noteDoctor(kept: Trace, { askDoctor }: TracedLine): Promise<void> {
  if (!askDoctor) return;
  try {
    const limit = { ms: DOCTOR_MS, what: text`the computer to answer` };
    const answers = await withDeadline(systemClock, limit, askDoctor);
    kept.note({ type: "doctor", answers }, "what doctor says of this computer");
  } catch {
    // then the export asks
  }
}

function tracedContext(context: Context, trace: RunTrace): Context {
  const { openUsbBus, openSerialBus } = context;
  return {
    ...context,
    trace,
    openUsbBus: async (options) => trace.usb(await openUsbBus(options)),
    ...(openSerialBus && { openSerialBus: async () => trace.serial(await openSerialBus()) }),
  };
}

function printNotKept(line: TracedLine, error: UnbrickError): void {
  printWarning(
    line,
    "run-not-kept",
    text`This run is not kept for "unbrick runs": ${error.text}`,
    error,
  );
}

/** The exit code does not change, because it describes the camera. */
function printWarning(
  { context, json, clock }: TracedLine,
  type: WarningLine["type"],
  words: Text,
  error: UnbrickError,
): void {
  const console = context.openConsole({ colour: false });
  if (json) console.write(jsonLine({ type, error: failureOf(error) }, clock.date()) + "\n");
  else console.writeError(wrap(words, console.columns).map((one) => say(one) + "\n").join(""));
}
