/**
 * Measures what the executable of this machine uses to start, in processor time and in peak memory,
 * against a compiled hello world of the same runtime in the same run.
 */
import { ensureDenort } from "../../tools/native.ts";
import { run } from "../../tools/run.ts";
import { executableFile, hostTarget, isCarried, projectRoot } from "../../tools/targets.ts";
import { filesBelow } from "../../tools/stage.ts";
import { builtExecutable } from "../executables/built.ts";
import { peakMemory, processorTime, timeToFirstLine } from "./process_use.ts";
import type { BenchRow } from "./row.ts";

const MIB = 2 ** 20;
const STARTS = 50;
/** The most bytes that the program may add to its runtime and its images. */
const PROGRAM = 8 * MIB;

const starts: readonly (readonly [line: string, limit: number])[] = [
  ["--version", 2],
  ["--help", 3.5],
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

/** Starts all alternately, so that they run under the same load; the least time of each counts. */
async function timeRows(executable: string, hello: string): Promise<BenchRow[]> {
  const least = new Map<string, number>();
  const take = (name: string, ms: number) =>
    least.set(name, Math.min(ms, least.get(name) ?? Infinity));
  for (let round = 0; round < STARTS; round++) {
    take("hello", await processorTime(hello, []));
    for (const [line] of starts) take(line, await processorTime(executable, line.split(" ")));
    take("restore", await timeToFirstLine(executable, restore.split(" ")));
  }
  const bare = least.get("hello")!;
  const all = [...starts.map(([line, limit]) => [line, line, limit] as const)]
    .concat([["restore", "restore to its first line", 5]]);
  return [
    { name: "compiled hello world: processor time", value: bare, unit: "ms" },
    ...all.map(([key, name, limit]) => ({
      name: `${name}: processor time / hello world's`,
      value: least.get(key)! / bare,
      unit: "ratio",
      limit,
    })),
  ];
}

async function peakRows(executable: string, hello: string): Promise<BenchRow[]> {
  const bare = await peakMemory(hello, []);
  const peaks: number[] = [];
  for (let round = 0; round < 5; round++) {
    peaks.push(await peakMemory(executable, [...restore.split(" "), "--fast"]));
  }
  const value = Math.max(...peaks) / bare;
  return [{
    name: "restore: peak memory / hello world's",
    value,
    unit: "ratio",
    limit: 2.2,
  }];
}

async function sizeRows(): Promise<BenchRow[]> {
  const { size } = await Deno.stat(executableFile(hostTarget()));
  const runtime = (await carried())?.DENORT_BIN;
  const images = filesBelow(new URL("images/", projectRoot))
    .reduce((sum, file) => sum + Deno.statSync(file).size, 0);
  const added = size - (runtime ? Deno.statSync(runtime).size : size) - images;
  return [
    { name: "size of the executable", value: size / MIB, unit: "MiB" },
    ...(runtime
      ? [{
        name: "of that, neither runtime nor images",
        value: added / MIB,
        unit: "MiB",
        limit: PROGRAM / MIB,
      }]
      : []),
  ];
}
