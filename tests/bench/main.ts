/**
 * `deno task bench [GROUP…]`: measures and prints ratios, each with its limit. Never a test.
 * `--write` also writes the rows of these groups to docs/BENCHMARKS.md; `--built` takes the executable
 * that is there.
 */
import { writeBenchmarks } from "./document.ts";
import { type BenchRow, boundText, isMissed, valueText } from "./row.ts";

const groups: Record<string, () => Promise<{ rows(): Promise<BenchRow[]> }>> = {
  stm32: () => import("./stm32.ts"),
  rt1062: () => import("./rt1062.ts"),
  n6: () => import("./n6.ts"),
  ae3: () => import("./ae3.ts"),
  clients: () => import("./clients.ts"),
  growth: () => import("./growth.ts"),
  "dead-cameras": () => import("./dead_cameras.ts"),
  trace: () => import("./trace.ts"),
  import: () => import("./import_memory.ts"),
  station: () => import("./station.ts"),
  start: () => import("./start.ts"),
  executable: () => import("./executable.ts"),
  guest: () => import("./guest.ts"),
};

const named = Deno.args.filter((name) => !["--write", "--built"].includes(name));
const chosen = named.length > 0 ? named : Object.keys(groups);
let missed = 0;
const measured: Record<string, readonly BenchRow[]> = {};
for (const name of chosen) {
  if (!groups[name]) throw new Error(`no bench group ${name}; there are ${Object.keys(groups)}`);
  console.log(`\n${name}`);
  const { rows } = await groups[name]();
  measured[name] = await rows();
  for (const row of measured[name]) {
    if (isMissed(row)) missed++;
    console.log(
      `  ${row.name.padEnd(70)} ${valueText(row).padStart(9)} ${row.unit.padEnd(6)} ` +
        boundText(row) + (isMissed(row) ? "  MISSED" : ""),
    );
  }
}
console.log(`\n${missed} limits missed`);
if (Deno.args.includes("--write")) await writeBenchmarks(Object.keys(groups), measured);
