import { parseArgs } from "node:util";
import { systemClock, withDeadline } from "../../core/clock.ts";
import type { GuestCase } from "./case.ts";
import { dfuUtilCases } from "./cases/dfu_util.ts";
import { executableCases } from "./cases/executable.ts";
import { stm32Cases } from "./cases/stm32.ts";
import { usbCases } from "./cases/usb.ts";
import { Guest } from "./guest.ts";
import { buildInitramfs } from "./initramfs.ts";
import { Machine } from "./machine.ts";
import { fetchKernel, installTools } from "./packages.ts";
import { exists } from "./process.ts";

/**
 * The guest tests: the compiled executable and foreign tools in a virtual machine with Linux' own USB
 * stack, against the device models outside. `--only TEXT` runs the cases whose name has the text.
 * `--executable FILE` takes another one than dist/unbrick-linux-x64.
 */

const EXECUTABLE = new URL("../../dist/unbrick-linux-x64", import.meta.url).pathname;
const CASE_MS = 120_000;
const cases: readonly GuestCase[] = [
  ...usbCases,
  ...dfuUtilCases,
  ...executableCases,
  ...stm32Cases,
];

async function main(): Promise<number> {
  const { values } = parseArgs({
    args: Deno.args,
    options: { only: { type: "string" }, executable: { type: "string", default: EXECUTABLE } },
  });
  const chosen = cases.filter(({ name }) => name.includes(values.only ?? ""));
  if (chosen.length === 0) throw new Error(`no case has “${values.only}” in its name`);
  const machine = await bootMachine(values.executable);
  let failed = 0;
  try {
    for (const one of chosen) {
      const problem = await runCase(machine, one);
      console.log(`${problem === undefined ? "ok    " : "FAILED"} ${one.name}`);
      if (problem === undefined) continue;
      failed++;
      console.log(problem.replace(/^/gm, "       "));
    }
  } finally {
    await machine.stop();
  }
  console.log(`${chosen.length - failed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

async function bootMachine(executable: string): Promise<Machine> {
  const cache = new URL("../../.cache/guest", import.meta.url).pathname;
  await Deno.mkdir(cache, { recursive: true });
  await installTools();
  const kernel = await fetchKernel(cache);
  const programs = [
    { from: "/usr/bin/dfu-util", to: "/usr/bin/dfu-util" },
    { from: "/usr/sbin/usbip", to: "/usr/sbin/usbip" },
  ];
  if (await exists(executable)) programs.push({ from: executable, to: "/usr/bin/unbrick" });
  else console.log(`${executable} is not there: run \`deno task build\` first`);
  const initramfs = await buildInitramfs(cache, kernel, programs);
  const start = systemClock.now();
  const machine = await Machine.boot(kernel.image, initramfs, `${cache}/console.log`);
  console.log(`guest booted in ${((systemClock.now() - start) / 1000).toFixed(1)} s`);
  return machine;
}

/** What was wrong with a case; undefined if nothing. */
async function runCase(machine: Machine, one: GuestCase): Promise<string | undefined> {
  const guest = new Guest(machine);
  const problems: unknown[] = [];
  const limit = { ms: one.deadlineMs ?? CASE_MS, what: `the case “${one.name}”` };
  const attempt = (work: () => Promise<void>) =>
    withDeadline(systemClock, limit, work).catch((error) => void problems.push(error));
  await attempt(() => one.run(guest));
  await attempt(() => guest.close());
  problems.push(...guest.errors);
  const text = problems.map((one) => one instanceof Error ? one.stack ?? one.message : String(one));
  return text.length === 0 ? undefined : text.join("\n");
}

Deno.exit(await main());
