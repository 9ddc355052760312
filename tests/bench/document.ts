import { cpus, loadavg, release } from "node:os";
import { type BenchRow, boundText, isMissed, valueText } from "./row.ts";

/** Writes docs/BENCHMARKS.md: a section for each group, with the day and machine of its numbers. */

const file = new URL("../../docs/BENCHMARKS.md", import.meta.url);

const head = `# Benchmarks

Written by \`deno task bench --write\`. What counts are the ratios: compared with another program in the
same run, or with the device's own busy and wire time. Milliseconds depend on the machine and on what
else it was doing. The guest is a QEMU machine without hardware acceleration: there, each request costs
both programs milliseconds of emulated processor time, which real machines do not need.
`;

/** Replaces the older rows of these groups; other sections stay. */
export async function writeBenchmarks(
  order: readonly string[],
  measured: Readonly<Record<string, readonly BenchRow[]>>,
): Promise<void> {
  const sections = new Map<string, string>();
  for (const text of (await older()).split(/^(?=## )/m).slice(1)) {
    sections.set(/^## (\S+)/.exec(text)![1], text.trim());
  }
  for (const [name, rows] of Object.entries(measured)) sections.set(name, section(name, rows));
  const known = order.flatMap((name) => sections.get(name) ?? []);
  await Deno.writeTextFile(file, [head.trim(), ...known].join("\n\n") + "\n");
  await new Deno.Command(Deno.execPath(), { args: ["fmt", "-q", file.pathname] }).output();
}

async function older(): Promise<string> {
  try {
    return await Deno.readTextFile(file);
  } catch {
    return "";
  }
}

function section(name: string, rows: readonly BenchRow[]): string {
  const day = new Date().toISOString().slice(0, 10);
  const load = loadavg()[0].toFixed(1);
  const machine = `${cpus().length} × ${cpus()[0]?.model ?? "unknown processor"}`;
  return [
    `## ${name}`,
    "",
    `${day}, ${machine}, Linux ${release()}, Deno ${Deno.version.deno}, load ${load} at the end.`,
    "",
    "| what | value | unit | limit |",
    "| --- | ---: | --- | --- |",
    ...rows.map((row) =>
      `| ${row.name.trim()} | ${valueText(row)} | ${row.unit} | ` +
      `${boundText(row)}${isMissed(row) ? " **missed**" : ""} |`
    ),
  ].join("\n");
}
