/**
 * Measures what `--trace` costs: the same restore with and without it, in memory, on the real clock
 * with busy and wire times. The file goes to the folder for temporary files.
 */
import { boards } from "../../boards/openmv_stm32/boards.ts";
import { preciseClock } from "./precise_clock.ts";
import { Trace } from "../../core/trace/trace.ts";
import { TracedBus } from "../../core/trace/traced_usb.ts";
import { TraceFile } from "../../core/trace/trace_file.ts";
import type { BenchRow } from "./row.ts";
import { restore } from "./stm32.ts";

const ROUNDS = 5;

export async function rows(): Promise<BenchRow[]> {
  const board = boards.find(({ id }) => id === "openmv-h7")!;
  const plain: number[] = [], traced: number[] = [];
  await restore(board, preciseClock);
  for (let round = 0; round < ROUNDS; round++) {
    plain.push((await restore(board, preciseClock)).elapsed);
    const path = Deno.makeTempFileSync({ suffix: ".pcapng" });
    try {
      const sink = new TraceFile(path);
      const trace = new Trace({ sink, clock: preciseClock, application: "bench" });
      const { elapsed } = await restore(board, preciseClock, (bus) => new TracedBus(bus, trace));
      traced.push(elapsed);
      await sink.close();
      if (sink.lost) throw sink.lost;
    } finally {
      Deno.removeSync(path);
    }
  }
  return [{
    name: `${board.id}: restore with --trace / without`,
    value: median(traced) / median(plain),
    unit: "ratio",
    limit: 1.05,
  }];
}

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1];
