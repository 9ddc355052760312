import type { Killer } from "./safety/mutant.ts";

/** How a killer ended. */
export type End =
  /** It passes. */
  | "passed"
  /** It fails, as it should with a mutant. */
  | "failed"
  /** It did not end in time, which counts as noticed. */
  | "too long"
  /** The source is no program, or no test was found: the mutant itself is wrong. */
  | "broken";

/** What running a killer came to. */
export interface Run {
  readonly end: End;
  readonly ms: number;
  readonly output: string;
}

/** Names a killer in one line, as it can be typed. */
export function killerText(killer: Killer): string {
  return argumentsOf(killer).map((one) => /^[\w./=-]+$/.test(one) ? one : `'${one}'`).join(" ");
}

/** Runs a killer in a copy of the checkout, with a time limit in milliseconds. */
export async function runKiller(folder: string, killer: Killer, limitMs: number): Promise<Run> {
  const from = performance.now();
  const signal = AbortSignal.timeout(limitMs);
  const command = new Deno.Command(Deno.execPath(), {
    args: argumentsOf(killer),
    cwd: folder,
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    signal,
  });
  const { code, stdout, stderr } = await command.output();
  const output = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("");
  const ms = performance.now() - from;
  return { end: signal.aborted ? "too long" : endOf(code, output), ms, output };
}

function argumentsOf(killer: Killer): string[] {
  if ("subject" in killer) {
    const { subject, faults } = killer;
    return ["run", "-A", "--no-check", "tests/mutants/fault_sample.ts", subject, ...faults];
  }
  const filter = killer.name === undefined ? [] : ["--filter", killer.name];
  return ["test", "-A", "--no-check", ...filter, killer.test];
}

/** Returns how a run of tests ended, by its exit code and its output. */
export function endOf(code: number, output: string): End {
  const isBroken =
    /could not be parsed|SyntaxError|ReferenceError|No test modules|\b0 passed \| 0 failed/;
  if (isBroken.test(output)) return "broken";
  return code === 0 ? "passed" : "failed";
}
