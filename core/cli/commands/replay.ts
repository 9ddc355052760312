import { UnbrickError } from "../../common/errors.ts";
import { text } from "../../common/text.ts";
import { VirtualClock } from "../../common/virtual_clock.ts";
import type { TraceEntry } from "../../trace/read_trace.ts";
import type { CommonOptions } from "../arguments/common_options.ts";
import { madeBy } from "../backup/backed_up_job.ts";
import { noDisk } from "../backup/disk.ts";
import { BackupFolder } from "../backup/backup_folder.ts";
import { boardByName } from "../devices/board_names.ts";
import { openSession, printJson, printLines, type Session } from "../session.ts";
import { wrap } from "../terminal/layout.ts";
import { openTrace } from "../trace/open_trace.ts";
import { type RecordedJob, recordedLine } from "../trace/recorded_line.ts";
import { differenceLines, standInLines } from "../trace/difference_lines.ts";
import { replay as replayEntries, type Replayed } from "../trace/replay_run.ts";
import { vendorTools } from "../vendor/tools.ts";
import { filesOf } from "./files.ts";
import { type JobRequest, type RequestOrigin, runJob } from "./job.ts";
import { putBackRequest } from "./put_back.ts";

/** The exit code of a replay that differs: that of `verify-failed`. */
const DIFFERS = 15;

interface Given {
  readonly file: string;
  readonly backup?: string;
}

export async function replayFile(session: Session, given: Given): Promise<number> {
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
    (context) => runRecorded(recorded, { ...session, context }, given),
  );
  tellResult(session, result, recorded.entries);
  return result.difference || result.event ? DIFFERS : 0;
}

type Recorded = ReturnType<typeof recordedLine>;

/** Runs the recorded job, or the recorded line of another tool. */
async function runRecorded(
  { argv, job }: Recorded,
  { context, options, console }: Session,
  { backup }: Given,
): Promise<void> {
  const tool = vendorTools.find(({ name }) => name === argv[0]);
  if (tool) return void await tool.run(argv.slice(1), context);
  if (!job) throw notReplayable(argv);
  const given = job.options as CommonOptions;
  const own = options.images.length > 0 || options.image.length > 0;
  const session = await openSession(context, {
    ...given,
    ...(own && { images: options.images, image: options.image }),
    ...{ json: options.json, report: options.report, plugin: options.plugin },
  }, console);
  const request = requestOf(session, job, backup);
  try {
    await runJob(session, request);
  } catch (thrown) {
    if (!context.signal.aborted) throw thrown;
  }
}

/** Returns the recorded request, with what JSON cannot hold. */
function requestOf(session: Session, job: RecordedJob, backup: string | undefined): JobRequest {
  const request = job.request as JobRequest;
  const origin = job.origin as RequestOrigin | undefined;
  if (origin === undefined) return request;
  if ("putBack" in origin) {
    const { check } = request;
    const file = backup ?? origin.putBack;
    return { ...putBackRequest(session, { file, only: origin.only }), check };
  }
  if (origin.continued) {
    throw new UnbrickError(
      "usage",
      text`The recorded backup continued an interrupted one, whose files are not in the trace. To
        see it, run: unbrick trace show`,
    );
  }
  const store = origin.backup === "files"
    ? filesOf(session, boardByName(request.board!, session.families).board)
    : new BackupFolder(origin.name, { ...madeBy(session), disk: noDisk() });
  return { ...request, backup: store, onEvent: (event) => store.event(event) };
}

/** Returns why a trace without a recorded job cannot be replayed. */
function notReplayable([name]: readonly string[]): UnbrickError {
  return new UnbrickError(
    "usage",
    name === "station"
      ? text`A station works on several cameras at once, so its requests have no order that could
          be replayed. To see them, run: unbrick trace show`
      : text`This trace contains no job to run again. To see it, run: unbrick trace show`,
  );
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
      standIns: result.standIns,
      ...result.event,
    });
  }
  printLines(session, [
    "",
    ...isSame
      ? wrap(text`The replay ended as the recording did: ${result.recorded}.`, console.columns)
      : lines,
    ...standInLines(result).flatMap((one) => wrap(one, console.columns)),
  ]);
}
