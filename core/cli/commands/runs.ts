import { UnbrickError } from "../../common/errors.ts";
import { fileError } from "../../common/file_error.ts";
import { byteSize } from "../../common/format.ts";
import { text } from "../../common/text.ts";
import { readTrace, type TracedNote } from "../../trace/read_trace.ts";
import { ask } from "../doctor/probe.ts";
import { checkNew, writeNew } from "../pages/output_file.ts";
import { printJson, printLines, type Session } from "../session.ts";
import { table, wrap } from "../terminal/layout.ts";
import { recordOf, runZip } from "../trace/export_run.ts";
import { LARGE } from "../trace/kept_trace.ts";
import { withoutNames } from "../trace/names.ts";
import { type KeptRun, keptRuns } from "../trace/runs_folder.ts";

/** @throws UnbrickError `not-found` if there is no folder, or it cannot be read */
function allRuns({ context }: Session): KeptRun[] {
  const folder = context.runsFolder?.();
  if (folder === undefined) {
    throw new UnbrickError("not-found", text`No runs are kept: the recorder is off.`);
  }
  try {
    return keptRuns(folder);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw fileError(folder, "read", error);
  }
}

export function listRuns(session: Session): number {
  const { options, console } = session;
  const kept = allRuns(session).map((run, at) => ({ ...summary(run), number: at + 1 }));
  if (options.json) kept.forEach((run) => printJson(session, { type: "run", ...run }));
  else if (kept.length === 0) printLines(session, [text`No run is kept yet.`]);
  else {
    const rows = kept.map(({ number, startedAt, exitCode, bytes, line }) => [
      String(number),
      startedAt,
      exitCode === undefined ? text`cut off` : text`exit code ${exitCode}`,
      byteSize(bytes),
      line,
    ]);
    printLines(session, table(rows).flatMap((row) => wrap(row, console.columns, "")));
  }
  return 0;
}

/** What the list tells of a run. */
function summary({ path, bytes }: KeptRun) {
  const notes = readTrace(Deno.readFileSync(path), path)
    .filter((one): one is TracedNote => one.type === "note");
  const start = notes.find(({ facts }) => facts.type === "started");
  const end = notes.findLast(({ facts }) => facts.type === "ended");
  return {
    startedAt: startOf(path),
    line: start?.words ?? "",
    exitCode: end === undefined ? undefined : Number(end.facts.exitCode),
    outcome: recordOf(notes)?.outcome,
    bytes,
    path,
  };
}

/** `20261130T013300Z_4711.pcapng` as `2026-11-30 01:33:00`: simulated runs have a time of their own. */
function startOf(path: string): string {
  const [, year, month, day, hour, minute, second] =
    /(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z_\d+\.pcapng$/.exec(path) ?? [];
  return year === undefined ? "" : `${year}-${month}-${day} ${hour}:${minute}:${second}`;
}

export async function exportRun(
  session: Session,
  { run = "last", output, withNames, withUserData }: {
    readonly run?: string;
    readonly output?: string;
    readonly withNames: boolean;
    readonly withUserData: boolean;
  },
): Promise<number> {
  const { context, options, console } = session;
  if (output === undefined) {
    throw new UnbrickError("usage", text`Name the file to write to: -o FILE.`);
  }
  const all = allRuns(session);
  const number = run === "last" ? 1 : Number(run);
  const kept = all[number - 1];
  if (!kept) {
    throw new UnbrickError(
      "not-found",
      all.length === 0
        ? text`No run is kept yet.`
        : text`There is no run ${run}; there are 1 to ${all.length}.`,
      { run },
    );
  }
  checkNew(output);
  const bytes = Deno.readFileSync(kept.path);
  const entries = readTrace(bytes, kept.path);
  const last = (type: string) =>
    entries.findLast((one): one is TracedNote => one.type === "note" && one.facts.type === type);
  const recorded = last("job")?.facts.options as { operator?: string } | undefined;
  const names = { ...context.personalNames?.(), operator: recorded?.operator };
  const zip = runZip(bytes, {
    withUserData,
    ...(!withNames && { words: withoutNames(names) }),
    doctor: last("doctor")?.facts.answers ?? await ask(session),
  });
  writeNew(output, zip);
  const { line } = summary(kept);
  if (options.json) {
    printJson(session, { type: "run-exported", run: number, file: output, bytes: zip.length });
    return 0;
  }
  const isKeptWithout = entries.some((one) => one.type !== "note" && one.leftOut);
  const says = !withUserData
    ? text`It contains no user data.`
    : isKeptWithout
    ? text`It does not contain all of the user's data, because the run was kept without it. To keep
        it, run the command with --with-user-data.`
    : text`It contains the user's data.`;
  const large = text`The run was so large that of the rest of its data only length and SHA-256, or
    only the events, were kept.`;
  const lines = [
    text`${output}: ${line}, ${byteSize(zip.length)}`,
    text`${says} Serial numbers of the devices are in it, and what was written.`,
    ...last(LARGE) ? [large] : [],
  ];
  printLines(session, lines.flatMap((one) => wrap(one, console.columns)));
  return 0;
}
