import { UnbrickError } from "../../core/errors.ts";
import { FaultTrial } from "../../core/faults/fault_trial.ts";
import { makeContext } from "../../main.ts";
import { runCommandLine } from "../../core/cli/run.ts";
import { subjects } from "../faults/subjects.ts";

/** Restores as a station makes them: one after another, the boards in turn, all in this process. */

/** One in so many is a whole command line, with full-sized images, JSON lines and a report file. */
const WHOLE_EVERY = 10;

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
const restores = subjects.filter(({ id }) => id.endsWith(".restore"));

/** @throws Error if it does not succeed. */
export async function restore(number: number): Promise<void> {
  if (number % WHOLE_EVERY === 0) {
    return await wholeCommand(boards[number / WHOLE_EVERY % boards.length]);
  }
  const subject = restores[number % restores.length];
  const { result, missing } = await new FaultTrial(subject).run();
  if (result?.error || missing.length > 0) {
    throw new Error(`restore ${number}, ${subject.id}: ${result?.error?.message ?? missing}`);
  }
}

const context = await makeContext();

async function wholeCommand(board: string): Promise<void> {
  let printed = "";
  const write = (text: string) => void (printed += text);
  const report = Deno.makeTempFileSync({ suffix: ".json" });
  try {
    const options = ["--simulate", "--fast", "--yes", "--json", "--report", report];
    const code = await runCommandLine(["restore", board, ...options], {
      ...context,
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
    if (code !== 0) throw new Error(`restore ${board} ended with ${code}: ${printed.slice(-500)}`);
    JSON.parse(Deno.readTextFileSync(report));
  } finally {
    Deno.removeSync(report);
  }
}
