import { join } from "node:path";

/** A run that was kept. */
export interface KeptRun {
  readonly path: string;
  readonly bytes: number;
}

/** How many runs are kept, and how many bytes of them. */
const MOST_RUNS = 20;
const MOST_BYTES = 64 * 2 ** 20;

const SUFFIX = ".pcapng";

/** Returns the kept runs, the newest first. @throws Deno.errors.NotFound and others */
export function keptRuns(folder: string): KeptRun[] {
  return [...Deno.readDirSync(folder)]
    .filter(({ name, isFile }) => isFile && name.endsWith(SUFFIX))
    .map(({ name }) => join(folder, name))
    .sort().reverse()
    .map((path) => ({ path, bytes: Deno.statSync(path).size }));
}

/**
 * Makes room for another run: the oldest ones go.
 * @returns the path of its file, which nobody else may read
 */
export function beginKeptRun(folder: string, date: Date): string {
  Deno.mkdirSync(folder, { recursive: true, mode: 0o700 });
  removeOldRuns(folder, MOST_RUNS - 1);
  const time = date.toISOString().replaceAll(/[-:]|\.\d+/g, "");
  const path = join(folder, `${time}_${Deno.pid}${SUFFIX}`);
  Deno.openSync(path, { write: true, create: true, mode: 0o600 }).close();
  return path;
}

/** Removes the oldest runs until so many are left, and no more than 64 MB. The newest one stays. */
export function removeOldRuns(folder: string, most = MOST_RUNS): void {
  let bytes = 0;
  for (const [at, run] of keptRuns(folder).entries()) {
    bytes += run.bytes;
    if (at >= most || (at > 0 && bytes > MOST_BYTES)) Deno.removeSync(run.path);
  }
}
