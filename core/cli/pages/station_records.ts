import { join } from "node:path";
import type { KeyObject } from "node:crypto";
import type { Clock } from "../../common/clock.ts";
import { asUnbrickError, type UnbrickError } from "../../common/errors.ts";
import type { RunBasis, RunReport } from "../../plan/report.ts";
import { isPortEvent, type StationCamera, type StationEvent } from "../../station/events.ts";
import { BatchFolder } from "../records/batch_folder.ts";
import { unfinishedName } from "../records/record_name.ts";
import { afterChanges, RunRecord } from "./run_record.ts";

/** The records of a station: a page and a JSON file for each camera, and the batch, in one folder. */
export class StationRecords implements Disposable {
  readonly #runs = new Map<number, RunRecord>();
  readonly #batch: BatchFolder;

  /**
   * @param key signs the batch
   * @throws UnbrickError `not-found`, `permission`, `busy`, `bad-image`, `usage` if the folder cannot be
   * used
   */
  constructor(
    private readonly folder: string,
    private readonly clock: Clock,
    private readonly basis: Omit<RunBasis, "station">,
    key?: KeyObject,
  ) {
    this.#batch = new BatchFolder(folder, key);
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
    try {
      this.#batch.add(report);
      record.remove();
    } catch (error) {
      const serial = report.devices.findLast((device) => device.serial)?.serial;
      return { error: asUnbrickError(error), report, camera: { run, port, serial } };
    }
  }

  /** Returns why the table of all cameras could not be written; undefined if it is there. */
  tableLost(): UnbrickError | undefined {
    return this.#batch.writeTable();
  }

  [Symbol.dispose](): void {
    this.#batch[Symbol.dispose]();
  }

  #begin({ run, port }: { readonly run: number; readonly port: string }): RunRecord {
    const paths = (report: RunReport) => [join(this.folder, `${unfinishedName(report)}.json`)];
    const basis = { ...this.basis, station: { port, run } };
    const record = new RunRecord(paths, this.clock, basis, afterChanges);
    this.#runs.set(run, record);
    return record;
  }
}

export interface LostRecord {
  readonly error: UnbrickError;
  /** The record that should be in the file. */
  readonly report: RunReport;
  readonly camera: StationCamera;
}
