import { failureOf, UnbrickError } from "../../common/errors.ts";
import type { JobOptions } from "../../family/family.ts";
import type { StationCamera, StationJob, StationResult } from "../../station/events.ts";
import { runStation } from "../../station/station.ts";
import { boardByName } from "../devices/board_names.ts";
import { unattendedOperator } from "../operators/unattended.ts";
import { onClock, type Session } from "../session.ts";
import { openRealStation, openSimulatedStation } from "../devices/station_host.ts";
import { StationRecords } from "../pages/station_records.ts";
import { makeStationView } from "../views/station_view.ts";
import { checkOffered, makePlan } from "./job.ts";
import { text } from "../../common/text.ts";

interface StationRequest extends JobOptions {
  readonly board: string;
  readonly job: StationJob;
  readonly noCheck: boolean;
  /** Stops after this many cameras. */
  readonly count?: number;
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
  const { job, count, board: name, romfs, bootloaderOnly, eraseFilesystem, noCheck } = request;
  const known = boardByName(name, session.families);
  const { board } = known;
  checkOffered(known, job);
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
  const plan = makePlan(session, known, asked, target);
  const records = options.report === undefined
    ? undefined
    : new StationRecords(options.report, clock, {
      version: context.version,
      operator: options.operator,
      job,
      board: { id: board.id, name: board.name },
      simulated: options.simulate,
    });
  const total = count ?? (options.simulate ? SIMULATED_CAMERAS : undefined);
  const host = options.simulate
    ? openSimulatedStation(session, job, known, total!, plan.images)
    : await openRealStation(session);
  const view = makeStationView({ console, clock, board, os: context.os, json: options.json });
  const permitted = new Set(["write", ...options.allow]);
  const recordsLost: StationCamera[] = [];
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
          families: session.families,
          job,
          plan,
          simulated: options.simulate,
          port: options.port,
          count: total,
          hardwareDeadlineMs: options.timeout * 1000,
          operator: (port) => host.operator(port, unattendedOperator(permitted)),
          onEvent(event) {
            host.onEvent(event);
            context.trace?.stationEvent(event);
            const isEnd = event.type === "station-ended" && recordsLost.length > 0;
            view.event(isEnd ? { ...event, recordsLost } : event);
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
