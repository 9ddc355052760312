import { join } from "node:path";
import { sha256 } from "../../common/sha256.ts";
import { text, type Words } from "../../common/text.ts";
import type { PublicKey } from "../../image/signature.ts";
import { type Batch, cameraOf, isSignedBy } from "./batch.ts";
import { batchFile, batchTable, namesIn, readBatch, recordIn, textOf } from "./batch_files.ts";
import { csvOf } from "./csv.ts";
import { isUnfinished } from "./record_name.ts";

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
  const names = namesIn(folder);
  const batch = readBatch(folder);
  const problems: RecordProblem[] = [];
  if (!batch) problems.push(missing(batchFile));
  const known: Batch = batch ?? { schema: 1, cameras: [] };
  problems.push(...chainProblems(folder, known));
  const listed = new Set([batchFile, ...known.cameras.map(({ record }) => record)]);
  const others = names.filter((name) => name.endsWith(".json") && !listed.has(name));
  const unfinished = others.filter(isUnfinished);
  for (const file of others.filter((name) => !isUnfinished(name))) {
    problems.push({ problem: "inserted", file, text: text`batch.json does not list it.` });
  }
  if (batch && !isTableOf(textOf(join(folder, batchTable)), batch)) {
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
  return { batch: known, problems, unfinished };
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
    // A kill may have prevented that it got its name.
    const path = [file, `${file}.part`].map((name) => join(folder, name)).find((one) =>
      textOf(one) !== undefined
    );
    if (path === undefined) problems.push(missing(file));
    else if (sha256(Deno.readFileSync(path)) !== expected) {
      changed(file, text`Its SHA-256 is not the one in batch.json.`);
    } else {
      const record = recordIn(path);
      const chain = record?.chain;
      if (chain?.number !== at + 1 || chain.previous !== previous) {
        changed(file, text`It does not continue the record before it.`);
      } else if (
        !isSame(cameraOf(record!, { number: at + 1, record: file, sha256: expected }), camera)
      ) {
        changed(batchFile, text`It describes ${file} differently.`);
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
function isTableOf(table: string | undefined, batch: Batch): boolean {
  const before = { ...batch, cameras: batch.cameras.slice(0, -1) };
  return table === csvOf(batch) || (table ?? csvOf({ schema: 1, cameras: [] })) === csvOf(before);
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
