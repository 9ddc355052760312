import { join } from "node:path";
import { fileError } from "../../common/file_error.ts";
import { badImage } from "../../image/bad_image.ts";
import { text } from "../../common/text.ts";
import type { RunReport } from "../../plan/report.ts";
import type { Batch } from "./batch.ts";

/** The files of a folder with the records of a station. */

/** The list of all cameras. */
export const batchFile = "batch.json";
/** The same as a table. */
export const batchTable = "batch.csv";

/**
 * Returns the batch of a folder; undefined if it has none yet.
 * @throws UnbrickError `bad-image` if its file is no batch
 */
export function readBatch(folder: string): Batch | undefined {
  const path = join(folder, batchFile);
  const source = textOf(path);
  if (source === undefined) return undefined;
  const batch = parsed(source) as Partial<Batch> | undefined;
  const isBatch = batch?.schema === 1 && Array.isArray(batch.cameras) &&
    batch.cameras.every((one) =>
      typeof one?.record === "string" && /^[\w.-]+\.json$/.test(one.record) &&
      typeof one.sha256 === "string"
    );
  if (!isBatch) throw badImage(path, text`it is not the list of a station's cameras`);
  return batch as Batch;
}

/** Returns the record in a file; undefined if it is none. */
export function recordIn(path: string): RunReport | undefined {
  const record = parsed(textOf(path) ?? "") as Partial<RunReport> | undefined;
  const isRecord = record?.tool?.name === "unbrick" && Array.isArray(record.devices) &&
    typeof record.startedAt === "string" && Array.isArray(record.images);
  return isRecord ? record as RunReport : undefined;
}

/** Returns the text of a file; undefined if there is none. */
export function textOf(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw fileError(path, "read", error);
  }
}

/**
 * Returns the names of the files in a folder, in order.
 * @throws UnbrickError `not-found`, `permission`
 */
export function namesIn(folder: string): string[] {
  try {
    const entries = [...Deno.readDirSync(folder)];
    return entries.filter(({ isFile }) => isFile).map(({ name }) => name).sort();
  } catch (error) {
    throw fileError(folder, "read", error);
  }
}

function parsed(source: string): unknown {
  try {
    const value = JSON.parse(source);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
