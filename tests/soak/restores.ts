import { runCommandLine } from "../../core/cli/run.ts";
import { UnbrickError } from "../../core/common/errors.ts";
import { makeContext } from "../../program.ts";

/**
 * Runs restores as a station does: camera after camera, up to eight at once, all in this process.
 */

const boards = [
  "openmv-m4",
  "openmv-m7",
  "openmv-h7",
  "openmv-h7-plus",
  "openmv-pure-thermal",
  "openmv-n6",
  "openmv-rt1062",
  "openmv-ae3",
];

const context = makeContext();

/**
 * Runs a hundred complete restores: a station for each board in turn, with full-sized images, JSON
 * lines, and a record of each camera.
 * @throws Error if one fails
 */
export async function hundredRestores(): Promise<void> {
  const share = Math.floor(100 / boards.length);
  const more = 100 - share * boards.length;
  for (const [at, board] of boards.entries()) await station(board, share + (at < more ? 1 : 0));
}

async function station(board: string, count: number): Promise<void> {
  let end = "";
  const write = (text: string) => void (end = (end + text).slice(-2000));
  const records = Deno.makeTempDirSync();
  try {
    const options = ["--simulate", "--fast", "--yes", "--json", "--allow", "boot-source"];
    const line = ["station", board, ...options, "--count", String(count), "--report", records];
    const code = await runCommandLine(line, {
      ...context,
      dataFolder: () => undefined,
      openConsole: () => ({
        isTerminal: false,
        canAsk: false,
        columns: 80,
        colour: false,
        unicode: true,
        write,
        writeError: write,
      }),
      openUsbBus: () => Promise.reject(new UnbrickError("driver", "A soak uses no real bus.")),
    });
    if (code !== 0) throw new Error(`station ${board} ended with ${code}: ${end}`);
    const written = [...Deno.readDirSync(records)].filter(({ name }) =>
      name.endsWith(".json") && name !== "batch.json"
    );
    if (written.length !== count) {
      throw new Error(`${written.length} records of ${count} cameras`);
    }
    for (const { name } of written) {
      const { outcome } = JSON.parse(Deno.readTextFileSync(`${records}/${name}`));
      if (outcome !== "proven") throw new Error(`${name}: ${outcome}`);
    }
  } finally {
    Deno.removeSync(records, { recursive: true });
  }
}
