/**
 * Measures the executable of this machine: its start compared with a compiled hello world, its peak
 * memory during a 2 MiB flash, and whether opening and closing USB devices leaks memory.
 */
import { sampleRomfs } from "../../core/image/sample.ts";
import { systemClock } from "../../core/common/clock.ts";
import { openTransferClose } from "../support/ffi/libusb_cycles.ts";
import { openFake } from "../support/ffi/fake_libusb.ts";
import { ensureDenort } from "../../tools/native.ts";
import { run } from "../../tools/run.ts";
import { executableFile, hostTarget, isCarried } from "../../tools/targets.ts";
import { builtExecutable } from "../executables/built.ts";
import type { BenchRow } from "./row.ts";

const MIB = 2 ** 20;
const STARTS = 15, FLASHES = 7;

export async function rows(): Promise<BenchRow[]> {
  const executable = await builtExecutable(hostTarget());
  const folder = await Deno.makeTempDir();
  try {
    const rows = await startRows(executable, await compiledHello(folder));
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
    const { size } = await Deno.stat(executableFile(hostTarget()));
    return [...rows, { name: "size of the executable", value: size / MIB, unit: "MiB" }]
      .concat(await cycleRows());
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function compiledHello(folder: string): Promise<string> {
  await Deno.writeTextFile(`${folder}/hello.ts`, 'console.log("hello");\n');
  const target = hostTarget();
  const runtime = isCarried(target) ? { DENORT_BIN: await ensureDenort(target) } : undefined;
  const output = `${folder}/hello`;
  await run(
    Deno.execPath(),
    ["compile", "--quiet", "--no-config", "--output", output, `${folder}/hello.ts`],
    { env: runtime },
  );
  return output;
}

/** Starts both alternately, so that both run under the same load; the fastest start counts. */
async function startRows(executable: string, hello: string): Promise<BenchRow[]> {
  let ours = Infinity, bare = Infinity;
  for (let round = 0; round < STARTS; round++) {
    bare = Math.min(bare, await duration(hello, []));
    ours = Math.min(ours, await duration(executable, ["--version"]));
  }
  return [
    { name: "--version / compiled hello world", value: ours / bare, unit: "ratio", limit: 3 },
    { name: "--version", value: ours, unit: "ms" },
    { name: "compiled hello world", value: bare, unit: "ms" },
  ];
}

async function duration(program: string, args: string[]): Promise<number> {
  const start = systemClock.now();
  const { success } = await new Deno.Command(program, { args, stdout: "null" }).output();
  const end = systemClock.now();
  if (!success) throw new Error(`${program} ${args} failed`);
  return end - start;
}

/**
 * Returns VmHWM of a run in bytes: the kernel keeps the maximum; it is read until the program ends.
 */
async function peakMemory(program: string, args: string[]): Promise<number> {
  const child = new Deno.Command(program, { args, stdout: "null", stderr: "null" }).spawn();
  let kibibytes = 0, ended = false;
  const status = child.status.finally(() => ended = true);
  while (!ended) {
    const text = await Deno.readTextFile(`/proc/${child.pid}/status`).catch(() => "");
    kibibytes = Math.max(kibibytes, Number(/VmHWM:\s*(\d+)/.exec(text)?.[1] ?? 0));
    await systemClock.sleep(5);
  }
  if (!(await status).success) throw new Error(`${program} ${args.join(" ")} failed`);
  return kibibytes * 1024;
}

async function cycleRows(): Promise<BenchRow[]> {
  const fake = await openFake("hotplug");
  if (!fake) return [];
  const grown = await openTransferClose(fake, 10_000);
  const name = "10,000 × open, transfer, close: growth in the second half";
  return [{ name, value: grown / MIB, unit: "MiB", limit: 16 }];
}
