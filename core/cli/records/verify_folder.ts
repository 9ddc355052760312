import { sha256 } from "../../common/sha256.ts";
import { text, type Words } from "../../common/text.ts";
import type { PublicKey } from "../../image/signature.ts";
import { type Batch, cameraOf, isSignedBy } from "./batch.ts";
import { batchFile, batchTable, bytesOf, namesIn, readBatch, recordIn } from "./batch_files.ts";
import { csvOf } from "./csv.ts";
import { isUnfinished, pageName } from "./record_name.ts";

/** Something in a folder of records that is not as the station left it. */
export interface RecordProblem {
  readonly problem: "changed" | "inserted" | "missing" | "signature";
  /** Name of the file. */
  readonly file: string;
  readonly text: Words;
}

export interface VerifiedFolder {
  readonly batch: Batch;
  readonly problems: readonly RecordProblem[];
  /** Records whose runs had not ended when they were written. */
  readonly unfinished: readonly string[];
}

/**
 * Compares a folder of records with its chain.
 * @param key The key that must have signed the last record; left out: none is asked for.
 * @throws UnbrickError `bad-image` if its batch.json cannot be understood
 */
export function verifyFolder(folder: string, key?: PublicKey): VerifiedFolder {
  const { batch, names } = stateOf(folder);
  const known: Batch = batch ?? { schema: 1, cameras: [] };
  const files = known.cameras.flatMap(({ record }) => [record, pageName(record)]);
  const listed = new Set([batchFile, ...files]);
  const others = names.filter((name) => /\.(json|html?)$/i.test(name) && !listed.has(name));
  const unfinished = others.filter(isUnfinished);
  const problems: RecordProblem[] = [
    ...(batch ? [] : [missing(batchFile)]),
    ...chainProblems(folder, known),
    ...others.filter((name) => !isUnfinished(name)).map((file) => ({
      ...{ problem: "inserted" as const, file },
      text: text`batch.json does not list it.`,
    })),
  ];
  if (batch && !isTableOf(bytesOf(folder, batchTable), batch)) {
    problems.push({
      problem: "changed",
      file: batchTable,
      text: text`It differs from batch.json.`,
    });
  }
  if (key && !isSignedBy(known, key)) {
    const words = text`The key ${key.id} has not signed the last record.`;
    problems.push({ problem: "signature", file: batchFile, text: words });
  }
  return { batch: known, problems, unfinished: unfinished.filter((name) => /json$/.test(name)) };
}

/** Reads the batch and the names at one moment, although a station may be working. */
function stateOf(folder: string): { batch: Batch | undefined; names: string[] } {
  for (;;) {
    const batch = readBatch(folder);
    const names = namesIn(folder);
    if (isSame(batch, readBatch(folder))) return { batch, names };
  }
}

const missing = (file: string): RecordProblem => ({
  problem: "missing",
  file,
  text: text`The file is not there.`,
});

function chainProblems(folder: string, { cameras, last }: Batch): RecordProblem[] {
  const problems: RecordProblem[] = [];
  const changed = (file: string, words: Words) =>
    problems.push({ problem: "changed", file, text: words });
  let previous: string | null = null;
  for (const [at, camera] of cameras.entries()) {
    const { record: file, sha256: expected } = camera;
    const bytes = bytesOf(folder, file);
    if (!bytes) problems.push(missing(file));
    else if (sha256(bytes) !== expected) {
      changed(file, text`Its SHA-256 is not the one in batch.json.`);
    } else {
      const record = recordIn(bytes);
      const place = { number: at + 1, record: file, sha256: expected };
      if (record?.chain?.number !== at + 1 || record.chain.previous !== previous) {
        changed(file, text`It does not continue the record before it.`);
      } else if (!isSame(cameraOf(record, place), camera)) {
        changed(batchFile, text`It describes ${file} differently.`);
      }
      const page = bytesOf(folder, pageName(file));
      if (!page) problems.push(missing(pageName(file)));
      else if (sha256(page) !== record?.chain?.page) {
        changed(pageName(file), text`Its SHA-256 is not the one in ${file}.`);
      }
    }
    previous = expected;
  }
  const end = previous === null ? undefined : { number: cameras.length, sha256: previous };
  if (!isSame(end, last)) {
    changed(batchFile, text`Its last record is not the last one of the list.`);
  }
  return problems;
}

/** A kill may have prevented that the last camera came into the table. */
function isTableOf(bytes: Uint8Array | undefined, batch: Batch): boolean {
  const before = { ...batch, cameras: batch.cameras.slice(0, -1) };
  const table = bytes ? new TextDecoder().decode(bytes) : csvOf({ schema: 1, cameras: [] });
  return table === csvOf(batch) || table === csvOf(before);
}

/** Compares two JSON values, whatever the order of their fields. */
function isSame(one: unknown, other: unknown): boolean {
  return canonical(one) === canonical(other);
}

function canonical(value: unknown): string {
  return JSON.stringify(
    value,
    (_, inner) =>
      typeof inner === "object" && inner !== null && !Array.isArray(inner)
        ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => a < b ? -1 : 1))
        : inner,
  ) ?? "";
}
