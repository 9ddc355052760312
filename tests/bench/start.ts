/**
 * Measures what the executable of this machine uses to start, in processor time and in peak memory,
 * against a compiled hello world of the same runtime in the same run.
 */
import { ensureDenort } from "../../tools/native.ts";
import { run } from "../../tools/run.ts";
import { executableFile, hostTarget, isCarried } from "../../tools/targets.ts";
import { builtExecutable } from "../executables/built.ts";
import { peakMemory, processorTime, timeToFirstLine } from "./process_use.ts";
import type { BenchRow } from "./row.ts";

const MIB = 2 ** 20;
const STARTS = 50;
const PEAKS = 10;
/** The most bytes that the program may add to its runtime. */
const PROGRAM = 8 * MIB;

const starts: readonly (readonly [line: string, limit: number])[] = [
  ["--version", 2],
  ["--help", 3.5],
  ["--help --lang zh", 3.5],
  ["boards", 3.5],
  ["devices", 3.5],
  ["completion bash restore openmv-", 3.5],
];
const restore = "restore openmv-h7 --simulate --yes --no-recorder";

export async function rows(): Promise<BenchRow[]> {
  const executable = await builtExecutable(hostTarget());
  const folder = await Deno.makeTempDir();
  try {
    const hello = await compiledHello(folder);
    return [
      ...await timeRows(executable, hello),
      ...await peakRows(executable, hello),
      ...await sizeRows(),
    ];
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function compiledHello(folder: string): Promise<string> {
  await Deno.writeTextFile(`${folder}/hello.ts`, 'console.log("hello");\n');
  const output = `${folder}/hello`;
  await run(
    Deno.execPath(),
    ["compile", "--quiet", "--no-config", "--output", output, `${folder}/hello.ts`],
    { env: await carried() },
  );
  return output;
}

async function carried(): Promise<Record<string, string> | undefined> {
  const target = hostTarget();
  return isCarried(target) ? { DENORT_BIN: await ensureDenort(target) } : undefined;
}

/**
 * Measures each start between two of the hello world: whatever else the machine is doing delays all
 * three. The median of the ratios counts. Of nine estimators this one differed least (2 %) when the
 * same executable was measured five times on a busy machine; the least time of each differed by 4 %.
 */
async function timeRows(executable: string, hello: string): Promise<BenchRow[]> {
  const rows = [
    ...starts.map(([line, limit]) => ({
      name: line,
      limit,
      measure: () => processorTime(executable, line.split(" ")),
    })),
    {
      name: "restore to its first line",
      limit: 5,
      measure: () => timeToFirstLine(executable, restore.split(" ")),
    },
  ].map((row) => ({ ...row, ratios: [] as number[] }));
  const bare: number[] = [];
  let before = await processorTime(hello, []);
  for (let round = 0; round < STARTS; round++) {
    for (const { measure, ratios } of rows) {
      const time = await measure();
      const after = await processorTime(hello, []);
      bare.push(after);
      ratios.push(2 * time / (before + after));
      before = after;
    }
  }
  return [
    { name: "compiled hello world: processor time", value: median(bare), unit: "ms" },
    ...rows.map(({ name, limit, ratios }) => ({
      name: `${name}: processor time / hello world's`,
      value: median(ratios),
      unit: "ratio",
      limit,
    })),
  ];
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1];

async function peakRows(executable: string, hello: string): Promise<BenchRow[]> {
  const bare: number[] = [], peaks: number[] = [];
  for (let round = 0; round < PEAKS; round++) {
    bare.push(await peakMemory(hello, []));
    peaks.push(await peakMemory(executable, [...restore.split(" "), "--fast"]));
  }
  return [{
    name: `restore: peak memory, the highest of ${PEAKS} / hello world's`,
    value: Math.max(...peaks) / median(bare),
    unit: "ratio",
    limit: 2.2,
  }];
}

async function sizeRows(): Promise<BenchRow[]> {
  const { size } = await Deno.stat(executableFile(hostTarget()));
  const runtime = (await carried())?.DENORT_BIN;
  const added = size - (runtime ? Deno.statSync(runtime).size : size);
  return [
    { name: "size of the executable", value: size / MIB, unit: "MiB" },
    ...(runtime
      ? [{
        name: "of that, not the runtime; with the images for simulated cameras",
        value: added / MIB,
        unit: "MiB",
        limit: PROGRAM / MIB,
      }]
      : []),
  ];
}
