import { join } from "node:path";
import type { KeyObject } from "node:crypto";
import { asUnbrickError, UnbrickError } from "../../common/errors.ts";
import { sha256 } from "../../common/sha256.ts";
import { text } from "../../common/text.ts";
import { exists } from "../../image/files.ts";
import type { RunReport } from "../../plan/report.ts";
import { makeFolder, moveFile, removeIfThere, replaceBytes } from "../pages/output_file.ts";
import { reportPage } from "../pages/report_page.ts";
import { publicKeyOf } from "../../image/signature.ts";
import { type Batch, cameraOf, isSignedBy, signedBatch } from "./batch.ts";
import {
  batchFile,
  batchTable,
  bytesOf,
  namesIn,
  PART,
  readBatch,
  recordIn,
} from "./batch_files.ts";
import { csvOf } from "./csv.ts";
import { isUnfinished, pageName, recordName } from "./record_name.ts";

/**
 * The records of a station in one folder. Each final record contains the SHA-256 of its page and of
 * the record before, and `batch.json` lists them all. At any moment a kill leaves a folder that `verify-records`
 * accepts, and the next start completes it.
 */
export class BatchFolder implements Disposable {
  #batch: Batch;

  /**
   * Opens the folder for one station, and closes the records of runs that were killed.
   * @param key Signs the batch.
   * @throws UnbrickError `busy` if another station uses it, `bad-image` if its batch.json cannot be
   * understood, `usage` if it was not signed with the same key, `not-found`, `permission`
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
      this.#batch = readBatch(folder) ?? this.#begun();
      this.#refuseOtherKey();
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
   * @returns the name of the record
   * @throws UnbrickError `not-found`, `permission` if it cannot be written
   */
  add(report: RunReport): string {
    const record = `${this.#freeName(recordName(report))}.json`;
    const page = encode(reportPage(report));
    const { last, cameras } = this.#batch;
    const number = (last?.number ?? 0) + 1;
    const chain = { number, previous: last?.sha256 ?? null, page: sha256(page) };
    const bytes = encode(jsonOf({ ...report, chain }));
    const place = { number, record, sha256: sha256(bytes) };
    const next = signedBatch({
      ...this.#batch,
      cameras: [...cameras, cameraOf(report, place)],
      last: { number, sha256: place.sha256 },
    }, this.key);
    // The files are on the disk before the batch lists them. They get their names afterwards.
    const files = [[pageName(record), page], [record, bytes]] as const;
    const partOf = (file: string) => join(this.folder, file + PART);
    try {
      for (const [file, bytes] of files) replaceBytes(partOf(file), bytes);
      replaceBytes(join(this.folder, batchFile), encode(jsonOf(next)));
    } catch (error) {
      for (const [file] of files) removeIfThere(partOf(file));
      throw error;
    }
    this.#batch = next;
    for (const [file] of files) moveFile(partOf(file), join(this.folder, file));
    this.writeTable();
    return record;
  }

  /**
   * Writes the table, if there is a camera. It is written again with every record, so a failure
   * matters only at the end.
   * @returns why it could not be written
   */
  writeTable(): UnbrickError | undefined {
    if (this.#batch.cameras.length === 0) return undefined;
    try {
      replaceBytes(join(this.folder, batchTable), encode(csvOf(this.#batch)));
    } catch (error) {
      return asUnbrickError(error);
    }
  }

  [Symbol.dispose](): void {
    this.#lock.close();
  }

  /** Begins an empty batch: a kill before the first record leaves a folder that is intact. */
  #begun(): Batch {
    const batch = { schema: 1, cameras: [] } as const;
    replaceBytes(join(this.folder, batchFile), encode(jsonOf(batch)));
    return batch;
  }

  /** @throws UnbrickError `usage` if the station would sign what another one wrote, or not sign */
  #refuseOtherKey(): void {
    const { cameras, signature } = this.#batch;
    const { folder, key } = this;
    if (!key && !signature || cameras.length === 0) return;
    if (key && isSignedBy(this.#batch, publicKeyOf(key))) return;
    throw new UnbrickError(
      "usage",
      !signature
        ? text`The records in ${folder} are not signed. Name a new folder, or leave out --sign.`
        : key
        ? text`The records in ${folder} are not signed with this key. Name a new folder.`
        : text`The records in ${folder} are signed. Name the same key with --sign, or a new folder.`,
      { path: folder, command: "station" },
    );
  }

  /** Gives files their names, if a kill prevented that. */
  #finishNames(): void {
    const listed = new Set(
      this.#batch.cameras.flatMap(({ record }) => [record, pageName(record)]),
    );
    const names = namesIn(this.folder);
    for (const part of names.filter((one) => one.endsWith(PART))) {
      const name = part.slice(0, -PART.length);
      if (listed.has(name) && !names.includes(name)) {
        moveFile(join(this.folder, part), join(this.folder, name));
      } else removeIfThere(join(this.folder, part));
    }
    this.writeTable();
  }

  /** Adds the records of runs that were killed, as far as they had come. */
  #closeUnfinished(): void {
    const unfinished = namesIn(this.folder).filter(isUnfinished);
    for (const name of unfinished.filter((one) => one.endsWith(".json"))) {
      const report = recordIn(bytesOf(this.folder, name)!);
      if (!report) continue;
      const isKnown = this.#batch.cameras.some(({ startedAt, port, record }) =>
        startedAt === report.startedAt && port === report.station?.port &&
        record.startsWith(recordName(report))
      );
      if (!isKnown) this.add(report.finished ? report : { ...report, closed: true });
      for (const file of [name, pageName(name)]) removeIfThere(join(this.folder, file));
    }
  }

  #freeName(name: string): string {
    for (let count = 1;; count++) {
      const free = count === 1 ? name : `${name}-${count}`;
      const isFree = [".json", ".html"].every((end) => !exists(join(this.folder, free + end)));
      if (isFree) return free;
    }
  }
}

function jsonOf(value: RunReport | Batch): string {
  return JSON.stringify(value, null, 2) + "\n";
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
