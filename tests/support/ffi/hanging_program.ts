import assert from "node:assert/strict";
import { hangEnvironment } from "./hanging_library.ts";

/** How many programs run at the same time: only starting them costs computing time. */
const AT_ONCE = 4;

/** Does the same with each item, a few at a time. */
export async function withEach<T>(
  all: readonly T[],
  work: (one: T) => Promise<void>,
): Promise<void> {
  const waiting = [...all];
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) await work(one);
  }));
}

/** What a program with a hanging call printed at its end, and how long it took. */
export interface Ending {
  readonly ms: number;
  /** The time from the moment when it was stopped, if it was. */
  readonly stoppedMs?: number;
  readonly kind?: string;
  readonly message?: string;
  readonly call?: string;
  readonly port?: string;
}

/** Time for a program to reach its hanging call before it is stopped, ms. */
const STOP_AFTER_MS = 2_500;
/** A limit for the whole program, ms. */
const KILL_AFTER_MS = 60_000;

/**
 * Runs a program that prints one object as JSON, with a call that hangs.
 * @param options.isStopped sends it Ctrl-C after a while
 */
export async function endingOf(
  program: URL,
  args: readonly string[],
  call: string,
  { isStopped = false } = {},
): Promise<Ending> {
  const start = performance.now();
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--quiet", program.href, ...args],
    env: hangEnvironment({ call }),
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const killing = setTimeout(() => child.kill("SIGKILL"), KILL_AFTER_MS);
  let stoppedAt: number | undefined;
  const stopping = isStopped && setTimeout(() => {
    stoppedAt = performance.now();
    child.kill("SIGINT");
  }, STOP_AFTER_MS);
  const { code, stdout, stderr } = await child.output();
  const end = performance.now();
  clearTimeout(killing);
  if (stopping) clearTimeout(stopping);
  const text = new TextDecoder();
  assert.equal(code, 0, `${call}: ${code}\n${text.decode(stdout)}${text.decode(stderr)}`);
  return {
    ...JSON.parse(text.decode(stdout)),
    ms: end - start,
    ...(stoppedAt !== undefined && { stoppedMs: end - stoppedAt }),
  };
}
