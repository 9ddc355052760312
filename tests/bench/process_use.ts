import { systemClock } from "../../core/common/clock.ts";

/** What a program uses, as the kernel of Linux counts it. */

const libc = Deno.dlopen("libc.so.6", {
  getrusage: { parameters: ["i32", "buffer"], result: "i32" },
  clock_gettime: { parameters: ["i32", "buffer"], result: "i32" },
});

/** RUSAGE_CHILDREN and the size of `struct rusage`, bytes (sys/resource.h of 64-bit Linux). */
const CHILDREN = -1, RUSAGE_BYTES = 144;

/** Returns the processor time of all programs that this one has started and that ended, in ms. */
function timeOfChildren(): number {
  const usage = new BigInt64Array(RUSAGE_BYTES / 8);
  if (libc.symbols.getrusage(CHILDREN, usage) !== 0) throw new Error("getrusage failed");
  // Seconds and microseconds: first those of the programs, then those of the system for them.
  const [user, userMicros, system, systemMicros] = Array.from(usage, Number);
  return (user + system) * 1000 + (userMicros + systemMicros) / 1000;
}

/** Returns the processor time of a run, of all its threads, user and system, in milliseconds. */
export async function processorTime(program: string, args: readonly string[]): Promise<number> {
  const before = timeOfChildren();
  const none = "null" as const;
  await new Deno.Command(program, { args: [...args], stdin: none, stdout: none, stderr: none })
    .output();
  return timeOfChildren() - before;
}

/** Returns the processor time until a program prints its first line, in ms; then ends the program. */
export async function timeToFirstLine(program: string, args: string[]): Promise<number> {
  const child = new Deno.Command(program, { args, stdout: "piped", stderr: "null" }).spawn();
  const reader = child.stdout.getReader();
  await reader.read();
  const time = new BigInt64Array(2);
  // CLOCK_PROCESS_CPUTIME_ID of another process: CPUCLOCK_SCHED (linux/posix-timers.h).
  if (libc.symbols.clock_gettime(~child.pid << 3 | 2, time) !== 0) throw new Error("no clock");
  child.kill("SIGKILL");
  await reader.cancel();
  await child.status;
  const [seconds, nanoseconds] = Array.from(time, Number);
  return seconds * 1000 + nanoseconds / 1e6;
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
