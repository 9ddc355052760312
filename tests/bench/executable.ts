/**
 * Measures the executable of this machine: its peak memory during a 2 MiB flash, and whether opening
 * and closing USB devices leaks memory.
 */
import { sampleRomfs } from "../../core/image/sample.ts";
import { openTransferClose } from "../support/ffi/libusb_cycles.ts";
import { openFake } from "../support/ffi/fake_libusb.ts";
import { hostTarget } from "../../tools/targets.ts";
import { builtExecutable } from "../executables/built.ts";
import { peakMemory } from "./process_use.ts";
import type { BenchRow } from "./row.ts";

const MIB = 2 ** 20;
const FLASHES = 7;

export async function rows(): Promise<BenchRow[]> {
  const executable = await builtExecutable(hostTarget());
  const folder = await Deno.makeTempDir();
  try {
    const rows: BenchRow[] = [];
    const romfs = `${folder}/romfs0.img`;
    const body = { size: 2 * MIB, seed: "bench", version: "1", simulationOnly: true };
    await Deno.writeFile(romfs, sampleRomfs(body));
    for (const board of ["openmv-n6", "openmv-h7-plus"]) {
      const job = ["flash", board, "--simulate", "--fast", "--yes", "--image", `romfs0=${romfs}`];
      const peaks: number[] = [];
      for (let time = 0; time < FLASHES; time++) peaks.push(await peakMemory(executable, job));
      rows.push({
        name: `peak memory of a 2 MiB flash, ${board}, the highest of ${FLASHES}`,
        value: Math.max(...peaks) / MIB,
        unit: "MiB",
        limit: 150,
      });
      rows.push({
        name: "  the median of them",
        value: peaks.toSorted((a, b) => a - b)[FLASHES >> 1] / MIB,
        unit: "MiB",
      });
    }
    return [...rows, ...await cycleRows()];
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function cycleRows(): Promise<BenchRow[]> {
  const fake = await openFake("hotplug");
  if (!fake) return [];
  const grown = await openTransferClose(fake, 10_000);
  const name = "10,000 × open, transfer, close: growth in the second half";
  return [{ name, value: grown / MIB, unit: "MiB", limit: 16 }];
}
