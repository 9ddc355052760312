import { failureOf, UnbrickError } from "../../common/errors.ts";
import { type JobOptions, loadJobs } from "../../family/family.ts";
import type { StationCamera, StationJob, StationResult } from "../../station/events.ts";
import { runStation } from "../../station/station.ts";
import { boardsByWords } from "../devices/board_names.ts";
import { signingKey } from "../images/image_sets.ts";
import { unattendedOperator } from "../operators/unattended.ts";
import { onClock, type Session } from "../session.ts";
import { openRealStation, openSimulatedStation } from "../devices/station_host.ts";
import { StationRecords } from "../pages/station_records.ts";
import { makeStationView } from "../views/station_view.ts";
import { checkOffered, makePlan } from "./job.ts";
import { text } from "../../common/text.ts";

interface StationRequest extends JobOptions {
  /** The names of the boards, which may have several words. */
  readonly boards: readonly string[];
  readonly job: StationJob;
  readonly noCheck: boolean;
  /** Stops after this many cameras. */
  readonly count?: number;
  readonly askOperator: boolean;
  /** File with the key that signs the batch. */
  readonly sign?: string;
}

/** Default number of simulated cameras. */
const SIMULATED_CAMERAS = 8;

/**
 * @throws UnbrickError `consent-needed` without `--yes`, because a station does not ask for each
 * camera
 */
export async function runStationCommand(
  session: Session,
  request: StationRequest,
): Promise<number> {
  const { options, context, clock, console, signal } = session;
  const { job, count, romfs, bootloaderOnly, eraseFilesystem, noCheck } = request;
  const families = await Promise.all(session.families.map(loadJobs));
  const all = boardsByWords(request.boards, families);
  all.forEach((known) => checkOffered(known, job));
  if (count === 0) {
    throw new UnbrickError("usage", text`--count must be at least 1.`, { count });
  }
  if (job !== "verify" && !options.yes) {
    throw new UnbrickError(
      "consent-needed",
      text`A station writes to each camera without asking. Add --yes to agree to that.`,
      { consent: "write" },
    );
  }
  const target = options.simulate ? "simulated" : "real";
  const asked = {
    job,
    romfs,
    bootloaderOnly,
    eraseFilesystem,
    check: !noCheck && job !== "verify",
  };
  const plans = all.map((known) => makePlan(session, known, asked, target));
  using records = await openRecords(session, request);
  const total = count ?? (options.simulate ? SIMULATED_CAMERAS : undefined);
  const host = options.simulate
    ? openSimulatedStation(
      session,
      job,
      all.map((known, at) => ({ known, plannedImages: plans[at].images })),
      total!,
    )
    : await openRealStation(session);
  const view = makeStationView({
    ...{ console, clock, os: context.os, json: options.json },
    boards: all.map(({ board }) => board),
  });
  const permitted = new Set(["write", ...options.allow]);
  const recordsLost: StationCamera[] = [];
  const lostFrom = () => {
    const table = records?.tableLost();
    return {
      ...(recordsLost.length > 0 && { recordsLost }),
      ...(table && { tableLost: failureOf(table) }),
    };
  };
  const visiting = new AbortController();
  try {
    return (
      await onClock(session, async (): Promise<StationResult> => {
        const gone = new AbortController();
        const visits = host.connectCameras(visiting.signal).then(() => {
          if (options.simulate) gone.abort();
        });
        const result = await runStation({
          clock,
          signal: AbortSignal.any([signal, gone.signal]),
          bus: host.bus,
          serial: host.serial,
          families,
          job,
          plans,
          simulated: options.simulate,
          port: options.port,
          count: total,
          hardwareDeadlineMs: Math.round(options.timeout * 1000),
          operator: (port) => host.operator(port, unattendedOperator(permitted)),
          onEvent(event) {
            host.onEvent(event);
            context.trace?.stationEvent(event);
            view.event(event.type === "station-ended" ? { ...event, ...lostFrom() } : event);
            const lost = records?.add(event);
            if (!lost) return;
            const { error, report: record, camera } = lost;
            recordsLost.push(camera);
            view.event({ type: "record-lost", error: failureOf(error), camera, record });
          },
        });
        visiting.abort();
        await visits;
        if (result.endedBy === "stop" && !signal.aborted) {
          throw new UnbrickError(
            "timeout",
            text`Not every simulated camera stayed connected long enough for the job to begin.`,
            { started: result.totals.started, wanted: total ?? null },
          );
        }
        return result;
      })
    ).exitCode;
  } finally {
    visiting.abort();
    view.close();
    await host.close();
  }
}

/**
 * Opens the folder of `--report`.
 * @throws UnbrickError as StationRecords, `consent-needed`; `usage` for options that are only for
 * records
 */
async function openRecords(
  session: Session,
  { job, askOperator, sign }: StationRequest,
): Promise<StationRecords | undefined> {
  const { options: { report, operator, simulate }, context, clock } = session;
  if (report === undefined) {
    const option = sign !== undefined ? "--sign" : askOperator ? "--ask-operator" : undefined;
    if (option === undefined) return undefined;
    throw new UnbrickError("usage", text`${option} is for records. Add --report FOLDER.`, {
      command: "station",
    });
  }
  const key = sign === undefined ? undefined : signingKey(sign);
  const name = operator ?? (askOperator ? await askedOperator(session) : undefined);
  const origin = await context.runOrigin?.();
  const { version } = context;
  const basis = { version, operator: name, job, simulated: simulate, origin };
  return new StationRecords(report, clock, basis, key);
}

/** Asks the person at the keyboard who works at the station; undefined if none is given. */
async function askedOperator(
  { console, context, options, signal }: Session,
): Promise<string | undefined> {
  if (!console.canAsk || options.json) {
    throw new UnbrickError(
      "consent-needed",
      text`Nobody can be asked for the operator's name here.`,
      { option: "--operator" },
    );
  }
  const name = await context.prompts.line(
    text`What is your name, or the number on your badge?`,
    () => undefined,
    signal,
  );
  return name.trim() || undefined;
}
