import type { Clock } from "../../common/clock.ts";
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
  readonly argv: readonly string[];
  readonly json: boolean;
}

/** From this size on only length and SHA-256 of bulk data are kept, bytes. */
const MOST_KEPT_BYTES = 16 * 2 ** 20;

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
  const traces = [
    ...file ? [new Trace({ sink: file, clock, application })] : [],
    ...kept ? [keptTrace(kept, { clock, application })] : [],
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

/** A trace that leaves bulk data out once it is large, and says so. */
function keptTrace(sink: TraceFile, options: { clock: Clock; application: string }): Trace {
  let isLarge = false;
  const trace: Trace = new Trace({
    ...options,
    sink,
    keepsPayload() {
      if (!isLarge && sink.bytes > MOST_KEPT_BYTES) {
        isLarge = true;
        const words = "from here on only length and SHA-256 of bulk data are kept";
        trace.note({ type: "large", bytes: sink.bytes }, words);
      }
      return !isLarge;
    },
  });
  return trace;
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
