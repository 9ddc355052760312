import { existsSync } from "node:fs";
import { join } from "node:path";
import type { KeyObject } from "node:crypto";
import { UnbrickError } from "../../common/errors.ts";
import { sha256 } from "../../common/sha256.ts";
import { text } from "../../common/text.ts";
import type { RunReport } from "../../plan/report.ts";
import { makeFolder, moveFile, removeIfThere, replaceBytes } from "../pages/output_file.ts";
import { type Batch, cameraOf, signedBatch } from "./batch.ts";
import { batchFile, batchTable, namesIn, readBatch, recordIn } from "./batch_files.ts";
import { csvOf } from "./csv.ts";
import { isUnfinished, recordName } from "./record_name.ts";

/**
 * The records of a station in one folder. Each final record contains the SHA-256 of the one before,
 * and `batch.json` lists them all. At any moment a kill leaves a folder that `verify-records`
 * accepts, and the next start completes it.
 */
export class BatchFolder implements Disposable {
  #batch: Batch;

  /**
   * Opens the folder for one station, and closes the records of runs that were killed.
   * @throws UnbrickError `busy` if another station uses it, `bad-image` if its batch.json cannot be
   * understood, `not-found`, `permission`
   */
  constructor(readonly folder: string, private readonly key?: KeyObject) {
    makeFolder(folder);
    this.#lock = Deno.openSync(join(folder, ".lock"), { write: true, create: true });
    try {
      if (!this.#lock.tryLockSync(true)) {
        throw new UnbrickError(
          "busy",
          text`Another station is writing its records into ${folder}.`,
          { folder },
        );
      }
      this.#batch = readBatch(folder) ?? { schema: 1, cameras: [] };
      this.#finishNames();
      this.#closeUnfinished();
    } catch (error) {
      this.#lock.close();
      throw error;
    }
  }

  readonly #lock: Deno.FsFile;

  /**
   * Adds a final record to the chain and to the batch. Either all of it is done, or nothing.
   * @returns the name of the record, without `.json`
   * @throws UnbrickError `not-found`, `permission` if it cannot be written
   */
  add(report: RunReport): string {
    const name = this.#freeName(recordName(report));
    const { last } = this.#batch;
    const number = (last?.number ?? 0) + 1;
    const record = { ...report, chain: { number, previous: last?.sha256 ?? null } };
    const bytes = encode(JSON.stringify(record, null, 2) + "\n");
    const digest = sha256(bytes);
    const path = join(this.folder, `${name}.json`);
    const camera = cameraOf(report, { number, record: `${name}.json`, sha256: digest });
    const next = signedBatch({
      ...this.#batch,
      cameras: [...this.#batch.cameras, camera],
      last: { number, sha256: digest },
    }, this.key);
    // The record is on the disk before the batch lists it; its name is final only afterwards.
    replaceBytes(`${path}.part`, bytes);
    try {
      replaceBytes(join(this.folder, batchFile), encode(JSON.stringify(next, null, 2) + "\n"));
    } catch (error) {
      removeIfThere(`${path}.part`);
      throw error;
    }
    this.#batch = next;
    moveFile(`${path}.part`, path);
    this.#writeTable();
    return name;
  }

  [Symbol.dispose](): void {
    this.#lock.close();
  }

  /** Gives records their names, if a kill prevented that. */
  #finishNames(): void {
    const names = namesIn(this.folder);
    for (const part of names.filter((one) => one.endsWith(".json.part"))) {
      const name = part.slice(0, -".part".length);
      const isListed = this.#batch.cameras.some(({ record }) => record === name);
      if (isListed && !names.includes(name)) {
        moveFile(join(this.folder, part), join(this.folder, name));
      } else removeIfThere(join(this.folder, part));
    }
    if (this.#batch.cameras.length > 0) this.#writeTable();
  }

  /** Adds the records of runs that were killed, as far as they had come. */
  #closeUnfinished(): void {
    for (const name of namesIn(this.folder).filter(isUnfinished)) {
      const path = join(this.folder, name);
      const report = recordIn(path);
      if (!report) continue;
      const isKnown = this.#batch.cameras.some(({ startedAt, port, record }) =>
        startedAt === report.startedAt && port === report.station?.port &&
        record.startsWith(recordName(report))
      );
      if (!isKnown) this.add(report.finished ? report : { ...report, closed: true });
      removeIfThere(path);
      removeIfThere(path.replace(/\.json$/, ".html"));
    }
  }

  #writeTable(): void {
    replaceBytes(join(this.folder, batchTable), encode(csvOf(this.#batch)));
  }

  #freeName(name: string): string {
    for (let count = 1;; count++) {
      const free = count === 1 ? name : `${name}-${count}`;
      if (!existsSync(join(this.folder, `${free}.json`))) return free;
    }
  }
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
