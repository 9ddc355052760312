import { join } from "node:path";
import { fileError } from "../../common/file_error.ts";
import { badImage } from "../../image/bad_image.ts";
import { text } from "../../common/text.ts";
import type { RunReport } from "../../plan/report.ts";
import type { Batch } from "./batch.ts";

/** Reads the files of a folder with the records of a station. */

/** The list of all cameras. */
export const batchFile = "batch.json";
/** The same as a table. */
export const batchTable = "batch.csv";
/** End of the name of a file that the batch does not list yet. */
export const PART = ".part";

/**
 * Returns the batch of a folder; undefined if it has none yet.
 * @throws UnbrickError `bad-image` if its file is no batch; `not-found`, `permission` if it cannot be
 * read
 */
export function readBatch(folder: string): Batch | undefined {
  const bytes = bytesOf(folder, batchFile);
  if (bytes === undefined) return undefined;
  const batch = objectIn(bytes) as Partial<Batch> | undefined;
  const isBatch = batch?.schema === 1 && Array.isArray(batch.cameras) &&
    batch.cameras.every((one) =>
      typeof one?.record === "string" && /^[\w.-]+\.json$/.test(one.record) &&
      typeof one.sha256 === "string" && Array.isArray(one.serials) && Array.isArray(one.versions)
    );
  if (isBatch) return batch as Batch;
  const reason = text`it is not the list of a station's cameras`;
  throw badImage(join(folder, batchFile), reason, {}, { records: folder });
}

/** Returns the record in the bytes of a file; undefined if it is none. */
export function recordIn(bytes: Uint8Array): RunReport | undefined {
  const record = objectIn(bytes) as Partial<RunReport> | undefined;
  const isRecord = record?.tool?.name === "unbrick" && typeof record.startedAt === "string" &&
    [record.devices, record.images].every((all) =>
      Array.isArray(all) && all.every((one) => typeof one === "object" && one !== null)
    );
  return isRecord ? record as RunReport : undefined;
}

/**
 * Returns the bytes of a file, which may not have its final name yet; undefined if there is none.
 * @throws UnbrickError `not-found`, `permission` if it cannot be read
 */
export function bytesOf(folder: string, name: string): Uint8Array | undefined {
  // A station that works may give the file its name just now, so look for that twice.
  for (const file of [name, name + PART, name]) {
    const path = join(folder, file);
    try {
      if (Deno.statSync(path).isFile) return Deno.readFileSync(path);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw fileError(path, "read", error);
    }
  }
}

/**
 * Returns the names of the files in a folder, in order.
 * @throws UnbrickError `not-found`, `permission`
 */
export function namesIn(folder: string): string[] {
  try {
    const entries = [...Deno.readDirSync(folder)];
    return entries.filter(({ isDirectory }) => !isDirectory).map(({ name }) => name).sort();
  } catch (error) {
    throw fileError(folder, "read", error);
  }
}

function objectIn(bytes: Uint8Array): object | undefined {
  try {
    const value = JSON.parse(new TextDecoder().decode(bytes));
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
