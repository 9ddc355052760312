import type { ExecutableCase, Launcher } from "./launcher.ts";

/** Runs cases, prints each with its result, and the totals. @returns the exit code. */
export async function runCases(
  cases: readonly ExecutableCase[],
  launcher: Launcher,
): Promise<number> {
  const only = new RegExp(Deno.args.find((one) => one.startsWith("--only="))?.slice(7) ?? "");
  const chosen = cases.filter(({ name }) => only.test(name));
  if (chosen.length === 0) throw new Error(`no case is called like ${only}`);
  console.log(launcher.title);
  const waiting = [...chosen];
  let failed = 0;
  const work = async () => {
    for (let one = waiting.shift(); one; one = waiting.shift()) {
      if (!await succeeds(one, launcher)) failed++;
    }
  };
  await Promise.all(Array.from({ length: launcher.parallel ?? 1 }, work));
  console.log(`${chosen.length - failed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

async function succeeds(one: ExecutableCase, launcher: Launcher): Promise<boolean> {
  const begin = performance.now();
  const problem = await one.run(launcher).then(() => undefined, (error) => error);
  const seconds = ((performance.now() - begin) / 1000).toFixed(1);
  console.log(`${problem === undefined ? "ok    " : "FAILED"} ${one.name} (${seconds} s)`);
  if (problem === undefined) return true;
  console.log(String(problem?.stack ?? problem).replace(/^/gm, "       "));
  return false;
}
