import { UnbrickError } from "../../common/errors.ts";
import { text } from "../../common/text.ts";
import { VirtualClock } from "../../common/virtual_clock.ts";
import type { TraceEntry } from "../../trace/read_trace.ts";
import type { CommonOptions } from "../arguments/common_options.ts";
import type { Context } from "../context.ts";
import { openSession, printJson, printLines, type Session } from "../session.ts";
import { wrap } from "../terminal/layout.ts";
import { openTrace } from "../trace/open_trace.ts";
import { recordedLine } from "../trace/recorded_line.ts";
import { differenceLines } from "../trace/difference_lines.ts";
import { replay as replayEntries, type Replayed } from "../trace/replay_run.ts";
import { vendorTools } from "../vendor/tools.ts";
import { type JobRequest, runJob } from "./job.ts";

/** The exit code of a replay that differs: that of `verify-failed`. */
const DIFFERS = 15;

export async function replayFile(
  session: Session,
  given: { readonly file: string },
): Promise<number> {
  const { options, console, context } = session;
  const recorded = recordedLine(openTrace(given.file), given.file);
  const clock = new VirtualClock();
  if (!options.json) {
    const line = ["unbrick", ...recorded.argv].join(" ");
    printLines(session, [
      ...wrap(text`Replay of a recording, not a camera: ${line}`, console.columns),
      "",
    ]);
  }
  const result = await replayEntries(
    recorded.entries,
    { context, clock },
    (context) => runRecorded(recorded, session, context),
  );
  tellResult(session, result, recorded.entries);
  return result.difference || result.event ? DIFFERS : 0;
}

type Recorded = ReturnType<typeof recordedLine>;

/** Runs the recorded job, or the recorded line of another tool. */
async function runRecorded(
  { argv, job, entries }: Recorded,
  { options, console }: Session,
  context: Context,
): Promise<void> {
  const tool = vendorTools.find(({ name }) => name === argv[0]);
  if (tool) return void await tool.run(argv.slice(1), context);
  if (!job) {
    throw new UnbrickError(
      "usage",
      text`This trace contains no job to run again. To see it, run: unbrick trace show`,
      { entries: entries.length },
    );
  }
  const given = job.options as CommonOptions;
  const own = options.images.length > 0 || options.image.length > 0;
  const session = await openSession(context, {
    ...given,
    ...(own && { images: options.images, image: options.image }),
    ...{ json: options.json, report: options.report, plugin: options.plugin },
  }, console);
  try {
    await runJob(session, job.request as JobRequest);
  } catch (thrown) {
    if (!context.signal.aborted) throw thrown;
  }
}

function tellResult(session: Session, result: Replayed, entries: readonly TraceEntry[]): void {
  const { options, console } = session;
  const isSame = !result.difference && !result.event;
  const lines = differenceLines(result, entries);
  if (options.json) {
    return printJson(session, {
      type: "replay-ended",
      isSame,
      differences: lines,
      ...result.event,
    });
  }
  printLines(session, [
    "",
    ...isSame
      ? wrap(text`The replay ended as the recording did: ${result.recorded}.`, console.columns)
      : lines,
  ]);
}
