import { join } from "node:path";
import type { Clock } from "../../common/clock.ts";
import type { UnbrickError } from "../../common/errors.ts";
import type { RunBasis, RunReport } from "../../plan/report.ts";
import { isPortEvent, type StationCamera, type StationEvent } from "../../station/events.ts";
import { makeFolder } from "./output_file.ts";
import { RunRecord } from "./run_record.ts";

/** The records of a station: a page and a JSON file for each camera, in one folder. */
export class StationRecords {
  readonly #runs = new Map<number, RunRecord>();

  /** @throws UnbrickError `not-found` if the folder cannot be created or written */
  constructor(
    private readonly folder: string,
    private readonly clock: Clock,
    private readonly basis: RunBasis,
  ) {
    makeFolder(folder);
  }

  /**
   * Adds an event to the record of its run. @returns what is not in the file of a finished run, and
   * why; undefined if all of it is
   */
  add(event: StationEvent): LostRecord | undefined {
    if (!isPortEvent(event) || event.type === "port") return undefined;
    const { run, port } = event;
    const record = this.#runs.get(run) ?? this.#begin(event);
    record.add(event);
    if (event.type !== "run-ended") return undefined;
    this.#runs.delete(run);
    const { report } = record;
    // Use the last one: some ROMs have the same serial number in every chip.
    const serial = report.devices.findLast((device) => device.serial)?.serial;
    record.moveTo(this.#paths(report.startedAt, event, serial ?? "no-serial"));
    return record.lost && { error: record.lost, report, camera: { run, port, serial } };
  }

  #begin(place: { readonly run: number; readonly port: string }): RunRecord {
    const paths = this.#paths(this.clock.date().toISOString(), place, "unfinished");
    const record = new RunRecord(paths, this.clock, this.basis);
    this.#runs.set(place.run, record);
    return record;
  }

  #paths(
    startedAt: string,
    { run, port }: { readonly run: number; readonly port: string },
    serial: string,
  ): string[] {
    const path = join(this.folder, recordName(startedAt, { port, serial, run }));
    return [`${path}.json`, `${path}.html`];
  }
}

export interface LostRecord {
  readonly error: UnbrickError;
  /** The record that should be in the file. */
  readonly report: RunReport;
  readonly camera: StationCamera;
}

/** `20261124T093012Z_port-1-1.3_2D003A00_003`: time, port, serial number, number of the run. */
export function recordName(
  startedAt: string,
  { port, serial, run }: {
    readonly port: string;
    readonly serial: string;
    readonly run: number;
  },
): string {
  const time = startedAt.replaceAll(/[-:]|\.\d+/g, "");
  const safe = (text: string) => text.replaceAll(/[^A-Za-z0-9._-]/g, "-").slice(0, 40);
  return `${time}_port-${safe(port)}_${safe(serial)}_${String(run).padStart(3, "0")}`;
}
