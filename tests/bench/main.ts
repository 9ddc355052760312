/** `deno task bench`: measures and prints ratios; each row stands beside its limit. Never a test. */
import type { BenchRow } from "./row.ts";

const groups: Record<string, () => Promise<{ rows(): Promise<BenchRow[]> }>> = {
  stm32: () => import("./stm32.ts"),
  rt1062: () => import("./rt1062.ts"),
  n6: () => import("./n6.ts"),
  ae3: () => import("./ae3.ts"),
  executable: () => import("./executable.ts"),
  guest: () => import("./guest.ts"),
};

const chosen = Deno.args.length > 0 ? Deno.args : Object.keys(groups);
let missed = 0;
for (const name of chosen) {
  if (!groups[name]) throw new Error(`no bench group ${name}; there are ${Object.keys(groups)}`);
  console.log(`\n${name}`);
  const { rows } = await groups[name]();
  for (const row of await rows()) {
    const { limit, isMinimum } = row;
    const isMissed = limit !== undefined && (isMinimum ? row.value < limit : row.value > limit);
    if (isMissed) missed++;
    const bound = limit === undefined ? "" : `${isMinimum ? "at least" : "at most"} ${limit}`;
    const value = row.value.toFixed(row.value < 10 ? 3 : 1);
    console.log(
      `  ${row.name.padEnd(58)} ${value.padStart(9)} ${row.unit.padEnd(6)} ${bound}` +
        (isMissed ? "  MISSED" : ""),
    );
  }
}
console.log(`\n${missed} limits missed`);
