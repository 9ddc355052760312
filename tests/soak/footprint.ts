/** What a process may lose little by little. */
export interface Footprint {
  /** Bytes of the heap that are in use after a garbage collection. */
  readonly heap: number;
  /** Open files, sockets and pipes; undefined if the system does not tell. */
  readonly handles: number | undefined;
  /** Files in this process's own folder for temporary files. */
  readonly temporaryFiles: number;
}

const folder = Deno.makeTempDirSync({ prefix: "unbrick-soak-" });
Deno.env.set("TMPDIR", folder);
globalThis.addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));

const collect = (globalThis as { gc?: () => void }).gc;

/** @throws Error if the runtime was not started with `--v8-flags=--expose-gc`. */
export async function footprint(): Promise<Footprint> {
  if (!collect) throw new Error("start this with --v8-flags=--expose-gc");
  // Finalisers run between collections.
  for (let round = 0; round < 3; round++) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return {
    heap: Deno.memoryUsage().heapUsed,
    handles: handles(),
    temporaryFiles: [...Deno.readDirSync(folder)].length,
  };
}

function handles(): number | undefined {
  try {
    return [...Deno.readDirSync("/proc/self/fd")].length;
  } catch {
    return undefined;
  }
}
