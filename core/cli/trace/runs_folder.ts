import { join } from "node:path";
import { systemClock, withDeadline } from "../../common/clock.ts";
import { text } from "../../common/text.ts";
import { TraceFile } from "../../trace/trace_file.ts";

/** A run that was kept. */
export interface KeptRun {
  readonly path: string;
  readonly bytes: number;
}

/** How many runs are kept, and how many bytes of them. */
const MOST_RUNS = 20;
const MOST_BYTES = 64 * 2 ** 20;
/** How much of that is left for the run that begins, bytes: more than it may take (kept_trace.ts). */
const ROOM = 24 * 2 ** 20;

const SUFFIX = ".pcapng";

/** Returns the kept runs, the newest first. @throws Deno.errors.NotFound and others */
export function keptRuns(folder: string): KeptRun[] {
  return [...Deno.readDirSync(folder)]
    .filter(({ name, isFile }) => isFile && name.endsWith(SUFFIX))
    .map(({ name }) => join(folder, name))
    .sort().reverse()
    .map((path) => ({ path, bytes: Deno.statSync(path).size }));
}

/** How long the disk may take to begin a run, ms: the home folder may be on a network. */
const BEGIN_MS = 2_000;

/**
 * Begins the file of another run; the oldest ones go. Nobody else may read it.
 * @throws UnbrickError `timeout`; Deno.errors.NotFound and others
 */
export async function beginKeptRun(folder: string, date: Date): Promise<TraceFile> {
  const limit = { ms: BEGIN_MS, what: text`the disk` };
  return await withDeadline(systemClock, limit, async () => {
    await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
    await removeOldRuns(folder, MOST_RUNS - 1);
    const time = date.toISOString().replaceAll(/[-:]|\.\d+/g, "");
    const path = join(folder, `${time}_${Deno.pid}${SUFFIX}`);
    const options = { write: true, create: true, truncate: true, mode: 0o600 };
    return new TraceFile(path, await Deno.open(path, options));
  });
}

/** Removes the oldest runs until so many are left, and room for the next one. */
async function removeOldRuns(folder: string, most: number): Promise<void> {
  const names: string[] = [];
  for await (const { name, isFile } of Deno.readDir(folder)) {
    if (isFile && name.endsWith(SUFFIX)) names.push(name);
  }
  let bytes = 0;
  for (const [at, name] of names.sort().reverse().entries()) {
    const path = join(folder, name);
    try {
      bytes += (await Deno.stat(path)).size;
      if (at >= most || bytes > MOST_BYTES - ROOM) await Deno.remove(path);
    } catch (error) {
      // Another run has removed it meanwhile.
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
}
