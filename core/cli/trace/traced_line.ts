import type { Clock } from "../../common/clock.ts";
import { asUnbrickError, type UnbrickError } from "../../common/errors.ts";
import { text } from "../../common/text.ts";
import { Trace } from "../../trace/trace.ts";
import { TraceFile } from "../../trace/trace_file.ts";
import type { Context } from "../context.ts";
import { say } from "../language/say.ts";
import { setAside } from "../pages/output_file.ts";
import { wrap } from "../terminal/layout.ts";
import { jsonLine } from "../views/json_line.ts";
import { RunTrace } from "./run_trace.ts";

/** What a trace is made for. */
export interface TracedLine {
  readonly context: Context;
  readonly clock: Clock;
  /** The file; undefined: no trace is wanted. */
  readonly path: string | undefined;
  readonly argv: readonly string[];
  readonly json: boolean;
}

/**
 * Runs a command line whose traffic goes into a file. An existing file is kept as NAME.1. If the file
 * cannot be written to its end, a line says so; nothing else changes.
 * @throws UnbrickError `not-found`, `permission` if the file cannot be created
 */
export async function withTrace(
  line: TracedLine,
  work: (context: Context) => Promise<number>,
): Promise<number> {
  const { context, clock, path, argv } = line;
  if (path === undefined) return await work(context);
  setAside(path);
  const sink = new TraceFile(path);
  const application = `unbrick ${context.version}`;
  const trace = new RunTrace([new Trace({ sink, clock, application })]);
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
    await sink.close();
    if (sink.lost) printLostTrace(line, sink.lost);
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

/** The exit code does not change, because it describes the camera. */
function printLostTrace({ context, json, clock }: TracedLine, error: UnbrickError): void {
  const console = context.openConsole({ colour: false });
  const { kind, text: message, data } = error;
  if (json) {
    console.write(jsonLine({ type: "trace-lost", kind, message, data }, clock.date()) + "\n");
    return;
  }
  const lines = wrap(text`The trace is incomplete: ${message}`, console.columns);
  console.writeError(lines.map((one) => say(one) + "\n").join(""));
}
