import { UnbrickError } from "../../common/errors.ts";
import type { StationJob, StationResult } from "../../station/events.ts";
import { runStation } from "../../station/station.ts";
import { boardByName } from "../devices/board_names.ts";
import { unattended } from "../operators/unattended.ts";
import { onClock, type Session } from "../session.ts";
import { openRealStation, openSimulatedStation } from "../devices/station_host.ts";
import { StationRecords } from "../pages/station_records.ts";
import { makeStationView } from "../views/station_view.ts";
import { checkOffered, makePlan } from "./job.ts";
import { text } from "../../common/text.ts";

export interface StationRequest {
  readonly board: string;
  readonly job: StationJob;
  /** Ends after so many cameras. */
  readonly count?: number;
  readonly bootloaderOnly?: boolean;
  readonly eraseFilesystem?: boolean;
}

/** Simulated cameras that come if no number is named. */
const SIMULATED = 8;

/**
 * `station BOARD`: one camera after another, or several at once, until it is stopped.
 * @throws UnbrickError `consent-needed` without `--yes`, since nobody is asked for each camera
 */
export async function station(session: Session, request: StationRequest): Promise<number> {
  const { options, context, clock, console, signal } = session;
  const { job, count, board: name, ...jobOptions } = request;
  const known = boardByName(name, session.families);
  const { board } = known;
  checkOffered(known, job);
  if (count === 0) {
    throw new UnbrickError("usage", text`--count must be at least 1.`, { count });
  }
  if (job !== "verify" && !options.yes) {
    throw new UnbrickError(
      "consent-needed",
      text`A station asks nobody before it writes to a camera.`,
      { consent: "write" },
    );
  }
  const target = options.simulate ? "simulated" : "real";
  const plan = makePlan(session, known, { ...jobOptions, job }, target);
  const records = options.report === undefined
    ? undefined
    : new StationRecords(options.report, clock, {
      version: context.version,
      operator: options.operator,
      job,
      board: { id: board.id, name: board.name },
      simulated: options.simulate,
    });
  const total = count ?? (options.simulate ? SIMULATED : undefined);
  const host = options.simulate
    ? openSimulatedStation(session, job, known, total!, plan.images)
    : await openRealStation(session);
  const view = makeStationView({ console, clock, board, os: context.os, json: options.json });
  const permitted = new Set(["write", ...options.allow]);
  const visiting = new AbortController();
  try {
    return (
      await onClock(session, async (): Promise<StationResult> => {
        const gone = new AbortController();
        const visits = host.visit(visiting.signal).then(() => {
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
          operator: (port) => host.operator(port, unattended(permitted)),
          onEvent(event) {
            host.onEvent(event);
            view.event(event);
            const lost = records?.add(event);
            if (!lost) return;
            const { error: { kind, text: message, data }, report: record } = lost;
            view.event({ type: "record-lost", kind, message, data, record });
          },
        });
        visiting.abort();
        await visits;
        if (result.endedBy === "stop" && !signal.aborted) {
          throw new UnbrickError(
            "timeout",
            text`The simulated cameras came and went, and the job could not begin with all of them.`,
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
