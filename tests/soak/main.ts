import { parseArgs } from "node:util";
import { type Footprint, footprint } from "./footprint.ts";
import { noisyDay } from "./noisy_day.ts";
import { hundredRestores } from "./restores.ts";

/**
 * `deno task soak`: runs a thousand restores in one process, by stations of each board, and a day
 * of plugging and unplugging in virtual time. Memory, handles and temporary files must not grow.
 */

const HELP = `deno task soak [options]
  --restores N   in hundreds (default 1000)
  --hours N      of the noisy day, virtual (default 24)
  --seed N       of its noise (default: another one each time; printed)`;

const { values } = parseArgs({
  options: {
    restores: { type: "string", default: "1000" },
    hours: { type: "string", default: "24" },
    seed: { type: "string", default: String(crypto.getRandomValues(new Uint32Array(1))[0]) },
    help: { type: "boolean" },
  },
});
if (values.help) {
  console.log(HELP);
  Deno.exit();
}

/** The first restores load images, caches and compiled code into memory. */
const WARM_UP = 200;
/** How much the heap may vary between two measurements. */
const BREATH = 3 * 1024 * 1024;

const failures: string[] = [];
const mib = (bytes: number) => `${(bytes / 1024 / 1024).toFixed(1)} MiB`;

function tell(what: string, { heap, handles, temporaryFiles }: Footprint): void {
  const open = handles === undefined ? "" : `, ${handles} handles`;
  console.log(`${what}: ${mib(heap)} heap${open}, ${temporaryFiles} temporary files`);
}

function compare(what: string, before: Footprint, after: Footprint): void {
  if (after.heap > before.heap + BREATH) {
    failures.push(`${what}: the heap grew from ${mib(before.heap)} to ${mib(after.heap)}`);
  }
  if ((after.handles ?? 0) > (before.handles ?? 0)) {
    failures.push(`${what}: handles grew from ${before.handles} to ${after.handles}`);
  }
  if (after.temporaryFiles > 0) failures.push(`${what}: ${after.temporaryFiles} temporary files`);
}

const total = Number(values.restores), hours = Number(values.hours), seed = Number(values.seed);
const begin = performance.now();
let before = await footprint();
tell("at the start", before);
for (let done = 100; done <= total; done += 100) {
  await hundredRestores();
  const now = await footprint();
  tell(`${done} restores`, now);
  if (done <= WARM_UP) before = now;
}
const after = await footprint();
compare(`${total} restores`, before, after);
console.log(`${total} restores in ${((performance.now() - begin) / 1000).toFixed(0)} s`);

await noisyDay(seed, 600_000);
const quiet = await footprint();
const { result, missing, arrivals } = await noisyDay(seed, hours * 3_600_000);
const late = await footprint();
tell(`${hours} hours with ${arrivals} arrivals, seed ${seed}`, late);
compare(`${arrivals} arrivals`, quiet, late);
if (result.error) failures.push(`after the noisy day: ${result.error.message}`);
if (missing.length > 0) failures.push(`after the noisy day: missing ${missing.join(", ")}`);

for (const failure of failures) console.log(failure);
console.log(failures.length === 0 ? "2 passed, 0 failed" : `0 passed, ${failures.length} failed`);
Deno.exit(failures.length === 0 ? 0 : 1);
