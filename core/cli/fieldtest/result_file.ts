import { UnbrickError } from "../../common/errors.ts";
import { fileError } from "../../common/file_error.ts";
import { text } from "../../common/text.ts";
import { inMemory } from "../../image/byte_source.ts";
import { zipFiles } from "../../image/zip.ts";
import { makeZip } from "../../image/zip_writer.ts";
import { replaceBytes } from "../pages/output_file.ts";
import type { FieldTestRecord, StageRecord } from "./record.ts";

const RECORD = "fieldtest.json", PAGE = "page.html";

/** How often a trace may be longer than its packed form: it repeats itself. */
const MOST_RATIO = 5_000;

/**
 * The zip of a field test. It is written again after each stage, whole or not at all, so the same
 * command goes on from it whenever the last one ended.
 */
export class ResultFile {
  readonly #files = new Map<string, Uint8Array>();
  #record: FieldTestRecord;

  private constructor(readonly path: string, record: FieldTestRecord) {
    this.#record = record;
  }

  /**
   * Continues the test in the file, or begins one: what it was begun with must be the same now.
   * @throws UnbrickError `usage` if the file is something else, or the test of another camera or of
   * other images; `not-found`, `permission` if it cannot be written
   */
  static open(path: string, begin: FieldTestRecord): ResultFile {
    const old = readIfThere(path);
    if (!old || old.length === 0) return new ResultFile(path, begin);
    const { record, files } = decode(old, path);
    refuseOther(path, record, begin);
    const file = new ResultFile(path, record);
    for (const [name, bytes] of files) file.#files.set(name, bytes);
    return file;
  }

  get record(): FieldTestRecord {
    return this.#record;
  }

  /** True if it contains the results of earlier stages. */
  get isContinued(): boolean {
    return this.#record.stages.length > 0;
  }

  /** Adds a file of a run. @returns its name without the end, which no other run has */
  addRun(
    stage: string,
    files: Readonly<Record<"pcapng" | "json", Uint8Array | undefined>>,
  ): string {
    let name = "";
    for (let number = 1; name === "" || this.#files.has(`${name}.pcapng`); number++) {
      name = `runs/${stage}-${number}`;
    }
    for (const [end, bytes] of Object.entries(files)) {
      if (bytes) this.#files.set(`${name}.${end}`, bytes);
    }
    return name;
  }

  addFile(name: string, bytes: Uint8Array): void {
    this.#files.set(name, bytes);
  }

  /** Puts a stage in the place of its earlier record. */
  setStage(stage: StageRecord): void {
    const others = this.#record.stages.filter(({ id }) => id !== stage.id);
    this.#record = { ...this.#record, stages: [...others, stage] };
  }

  /**
   * Writes everything; the old file stays if that fails.
   * @param facts as `fieldtest.json` contains them
   * @throws UnbrickError `not-found`, `permission`
   */
  save(page: string, facts: unknown): void {
    const encoder = new TextEncoder();
    const files = new Map([
      [PAGE, encoder.encode(page)],
      [RECORD, encoder.encode(JSON.stringify({ ...this.#record, facts }, null, 2) + "\n")],
      ...this.#files,
    ]);
    replaceBytes(this.path, makeZip(files));
  }
}

function readIfThere(path: string): Uint8Array | undefined {
  try {
    return Deno.readFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw fileError(path, "read", error);
  }
}

function decode(
  bytes: Uint8Array,
  path: string,
): { readonly record: FieldTestRecord; readonly files: ReadonlyMap<string, Uint8Array> } {
  try {
    const zip = zipFiles(inMemory(bytes), path, path, { maximumRatio: MOST_RATIO });
    const record = JSON.parse(new TextDecoder().decode(zip.read(RECORD)));
    if (record.schema !== 1 || record.fieldtest !== true || !Array.isArray(record.stages)) {
      throw notOurs(path);
    }
    const { facts: _, ...ours } = record; // they are judged again
    const others = zip.paths.filter((name) => name !== RECORD && name !== PAGE);
    return { record: ours, files: new Map(others.map((name) => [name, zip.read(name)])) };
  } catch (cause) {
    throw notOurs(path, cause);
  }
}

const notOurs = (path: string, cause?: unknown) =>
  new UnbrickError(
    "usage",
    text`${path} already exists, and it is not the zip of a field test.`,
    { path, exists: true },
    { cause },
  );

function refuseOther(path: string, old: FieldTestRecord, now: FieldTestRecord): void {
  const differs = old.board.id !== now.board.id
    ? text`another board`
    : old.simulated !== now.simulated
    ? (old.simulated ? text`a simulated camera` : text`a real camera`)
    : JSON.stringify(old.images) !== JSON.stringify(now.images)
    ? text`other images`
    : undefined;
  if (differs === undefined) return;
  throw new UnbrickError(
    "usage",
    text`${path} contains a field test with ${differs}. Name another file: -o FILE.zip`,
    { path, exists: true },
  );
}
