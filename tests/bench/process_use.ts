import { systemClock } from "../../core/common/clock.ts";

/** What a program uses, as the kernel of Linux counts it. */

/** Returns the processor time of a run, of all its threads, user and system, in milliseconds. */
export async function processorTime(program: string, args: readonly string[]): Promise<number> {
  const script = 'TIMEFORMAT="%3U %3S"; time "$@" >/dev/null 2>&1';
  const { stderr } = await new Deno.Command("bash", {
    args: ["-c", script, "bash", program, ...args],
    stdout: "null",
  }).output();
  const [user, system] = new TextDecoder().decode(stderr).trim().split(" ").map(Number);
  return (user + system) * 1000;
}

/** Returns the processor time until a program prints its first line, in ms; then ends the program. */
export async function timeToFirstLine(program: string, args: string[]): Promise<number> {
  const child = new Deno.Command(program, { args, stdout: "piped", stderr: "null" }).spawn();
  const reader = child.stdout.getReader();
  await reader.read();
  let nanoseconds = 0;
  for (const { name } of Deno.readDirSync(`/proc/${child.pid}/task`)) {
    const text = Deno.readTextFileSync(`/proc/${child.pid}/task/${name}/schedstat`);
    nanoseconds += Number(text.split(" ")[0]);
  }
  child.kill("SIGKILL");
  await reader.cancel();
  await child.status;
  return nanoseconds / 1e6;
}

/**
 * Returns VmHWM of a run in bytes: the kernel keeps the maximum; it is read until the program ends.
 */
export async function peakMemory(program: string, args: string[]): Promise<number> {
  const child = new Deno.Command(program, { args, stdout: "null", stderr: "null" }).spawn();
  let kibibytes = 0, ended = false;
  const status = child.status.finally(() => ended = true);
  while (!ended) {
    const text = await Deno.readTextFile(`/proc/${child.pid}/status`).catch(() => "");
    kibibytes = Math.max(kibibytes, Number(/VmHWM:\s*(\d+)/.exec(text)?.[1] ?? 0));
    await systemClock.sleep(5);
  }
  await status;
  return kibibytes * 1024;
}
