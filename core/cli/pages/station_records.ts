import { join } from "node:path";
import type { Clock } from "../../common/clock.ts";
import { asUnbrickError, type UnbrickError } from "../../common/errors.ts";
import { Recorder, type RunReport } from "../../plan/report.ts";
import { isPortEvent, type StationEvent } from "../../station/events.ts";
import { makeFolder } from "./output_file.ts";
import { writeReport } from "./write_report.ts";

/** The records of a station: for each camera a page and its JSON, in one folder. */
export class StationRecords {
  readonly #recorders = new Map<number, Recorder>();
  /** Why the first record that could not be written was lost. */
  lost: UnbrickError | undefined;

  /** @throws UnbrickError `not-found` if the folder cannot be made or written */
  constructor(
    private readonly folder: string,
    private readonly clock: Clock,
    private readonly version: string,
    private readonly operator?: string,
  ) {
    makeFolder(folder);
  }

  /** Writes the record when a run ends. @returns why it cannot be written */
  add(event: StationEvent): UnbrickError | undefined {
    if (!isPortEvent(event) || event.type === "line") return undefined;
    const { run, port } = event;
    const recorder = this.#recorders.get(run) ??
      new Recorder(this.clock, this.version, this.operator);
    this.#recorders.set(run, recorder);
    recorder.add(event);
    if (event.type !== "run-ended") return undefined;
    this.#recorders.delete(run);
    const report = recorder.report();
    if (!report) return undefined;
    const path = join(this.folder, recordName(report, port, run));
    try {
      for (const ending of ["json", "html"]) writeReport(`${path}.${ending}`, report);
      return undefined;
    } catch (thrown) {
      const error = asUnbrickError(thrown);
      this.lost ??= error;
      return error;
    }
  }
}

/** `20261124T093012Z_port-1-1.3_2D003A00_003`: time, port, serial number, number of the run. */
export function recordName({ startedAt, devices }: RunReport, port: string, run: number): string {
  const time = startedAt.replaceAll(/[-:]|\.\d+/g, "");
  // The last one: some ROMs have the same serial number in every chip.
  const serial = devices.findLast((device) => device.serial)?.serial ?? "no-serial";
  const safe = (text: string) => text.replaceAll(/[^A-Za-z0-9._-]/g, "-").slice(0, 40);
  return `${time}_port-${safe(port)}_${safe(serial)}_${String(run).padStart(3, "0")}`;
}
