import { parseArgs } from "node:util";
import { randomNumbers, shuffle } from "../faults/random.ts";
import { systemClock, withDeadline } from "../../core/common/clock.ts";
import type { GuestCase } from "./case.ts";
import { ae3Cases } from "./cases/ae3.ts";
import { dfuUtilCases } from "./cases/dfu_util.ts";
import { doctorCases } from "./cases/doctor.ts";
import { executableCases } from "./cases/executable.ts";
import { libusbCases } from "./cases/libusb.ts";
import { lockedCases } from "./cases/locked.ts";
import { n6Cases } from "./cases/n6.ts";
import { rt1062Cases } from "./cases/rt1062.ts";
import { serialCases } from "./cases/serial.ts";
import { stm32Cases } from "./cases/stm32.ts";
import { usbCases } from "./cases/usb.ts";
import { usbmonCases } from "./cases/usbmon.ts";
import { usersFilesCases } from "./cases/users_files.ts";
import { buildLocked } from "../locked_images/build.ts";
import { Guest } from "./guest.ts";
import { bootMachine, EXECUTABLE } from "./boot.ts";
import type { Machine } from "./machine.ts";

/**
 * `deno task guest`: runs the compiled executable and other tools in a virtual machine with Linux'
 * own USB stack, with the device models outside. `--only PATTERN` runs the cases whose names match.
 * `--executable FILE` takes another executable than dist/unbrick-linux-x64. `--locked-images` builds
 * one with the images of a test's release, and runs only the cases for it. `--again` repeats a
 * failed case up to twice and prints each failure: an emulated processor on a busy machine can be
 * too slow for a camera. `--share MINUTES` begins no case after so many minutes, in an order that
 * `--seed N` decides, so that what was tried is a fair sample of all.
 */

const CASE_MS = 300_000;
/** Folder of the executable with the images of a test's release. */
const LOCKED = new URL("../../.cache/locked", import.meta.url).pathname;
const cases: readonly GuestCase[] = [
  ...usbCases,
  ...usbmonCases,
  ...usersFilesCases,
  ...libusbCases,
  ...serialCases,
  ...dfuUtilCases,
  ...executableCases,
  ...doctorCases,
  ...stm32Cases,
  ...n6Cases,
  ...rt1062Cases,
  ...ae3Cases,
];

async function main(): Promise<number> {
  const { values } = parseArgs({
    args: Deno.args,
    options: {
      only: { type: "string" },
      executable: { type: "string", default: EXECUTABLE },
      again: { type: "boolean" },
      share: { type: "string" },
      seed: { type: "string", default: "1" },
      "locked-images": { type: "boolean", default: false },
    },
  });
  const only = new RegExp(values.only ?? "");
  const share = values.share === undefined ? undefined : Number(values.share);
  const isLocked = values["locked-images"];
  const chosen = (isLocked ? lockedCases : cases).filter(({ name }) => only.test(name));
  if (share !== undefined) shuffle(chosen, randomNumbers(Number(values.seed)));
  if (chosen.length === 0) throw new Error(`no case is called like ${only}`);
  if (isLocked) await buildLocked(LOCKED, console.log);
  const machine = await bootMachine(isLocked ? `${LOCKED}/unbrick-linux-x64` : values.executable);
  const began = systemClock.now();
  let tried = 0, failed = 0;
  try {
    for (const one of chosen) {
      const start = systemClock.now();
      if (share !== undefined && start - began > share * 60_000) break;
      tried++;
      let problem = await runCase(machine, one);
      for (let repeats = 0; problem !== undefined && values.again && repeats < 2; repeats++) {
        console.log(`again  ${one.name}`);
        console.log(problem.replace(/^/gm, "       "));
        problem = await runCase(machine, one);
      }
      const seconds = ((systemClock.now() - start) / 1000).toFixed(1);
      console.log(`${problem === undefined ? "ok    " : "FAILED"} ${one.name} (${seconds} s)`);
      if (problem === undefined) continue;
      failed++;
      console.log(problem.replace(/^/gm, "       "));
    }
  } finally {
    await machine.stop();
  }
  if (tried < chosen.length) {
    console.log(`${tried} of ${chosen.length} cases were tried in ${values.share} minutes`);
  }
  console.log(`${tried - failed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

/** Returns what was wrong in a case; undefined if nothing was. */
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
