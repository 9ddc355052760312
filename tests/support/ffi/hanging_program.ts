import assert from "node:assert/strict";
import { inTempFolder } from "../temp_folder.ts";
import { hangEnvironment } from "./hanging_library.ts";

/** How soon Ctrl-C ends a program whose call hangs, ms. */
export const STOP_MS = 2_000;

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
  /** The time since the call began to hang, or since the stop, ms. */
  readonly ms: number;
  /** What a machine as busy as this one may add to a limit, ms. */
  readonly slackMs: number;
  /** False if the call was never made. */
  readonly isReached: boolean;
  readonly kind?: string;
  readonly message?: string;
  readonly call?: string;
  readonly port?: string;
}

/** A limit for the whole program on any machine, ms. */
const KILL_AFTER_MS = 600_000;
/** How often the file is looked for that shows that a call hangs, ms. */
const LOOK_MS = 20;
/** Ending may take this long, ms, and so many times as long as what this program did until the call. */
const LEAST_SLACK_MS = 3_000, PATIENCE = 4;

/**
 * Runs a program that prints one object as JSON, with a call that hangs.
 * @param options.isStopped sends it Ctrl-C as soon as the call hangs
 */
export async function endingOf(
  program: URL,
  args: readonly string[],
  call: string,
  { isStopped = false } = {},
): Promise<Ending> {
  return await inTempFolder(async (folder) => {
    const mark = `${folder}/hangs`, start = performance.now();
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", "--quiet", program.href, ...args],
      env: hangEnvironment({ call, mark }),
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const killing = setTimeout(() => child.kill("SIGKILL"), KILL_AFTER_MS);
    let reached: number | undefined;
    const looking = setInterval(() => {
      if (!exists(mark)) return;
      clearInterval(looking);
      reached = performance.now();
      if (isStopped) child.kill("SIGINT");
    }, LOOK_MS);
    const { code, stdout, stderr } = await child.output();
    const end = performance.now();
    clearTimeout(killing);
    clearInterval(looking);
    const text = new TextDecoder();
    assert.equal(code, 0, `${call}: ${code}\n${text.decode(stdout)}${text.decode(stderr)}`);
    return {
      ...JSON.parse(text.decode(stdout)),
      ms: end - (reached ?? start),
      slackMs: LEAST_SLACK_MS + PATIENCE * ((reached ?? end) - start),
      isReached: reached !== undefined,
    };
  });
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
