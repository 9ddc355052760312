/** How an executable ended. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts the executable of one target, in the environment it needs. */
export interface Launcher {
  /** `windows-x64, Wine 10.0` */
  readonly title: string;
  /** An empty folder for files, as this program sees it. */
  readonly folder: string;
  /** Returns the path of a file in that folder, as the executable sees it. */
  inside(name: string): string;
  /** The folder in which the executable must keep imported images; empty at first. */
  readonly imageStore: string;
  /** How many cases may run at the same time; default 1. */
  readonly parallel?: number;
  run(...args: readonly string[]): Promise<Outcome>;
}

/** One test of an executable. */
export interface ExecutableCase {
  readonly name: string;
  /** True if it also runs on an emulated processor, where every start takes half a minute. */
  readonly isBasic?: boolean;
  run(launcher: Launcher): Promise<void>;
}

export interface StartOptions {
  readonly cwd?: string;
  readonly env?: Record<string, string>;
  /** Milliseconds after which the program is ended, which is an error. Default: two minutes. */
  readonly deadlineMs?: number;
}

/** Runs a program with only `env` in its environment, and waits for its end. */
export async function start(
  [program, ...args]: readonly string[],
  { cwd, env, deadlineMs = 120_000 }: StartOptions = {},
): Promise<Outcome> {
  const signal = AbortSignal.timeout(deadlineMs);
  const command = new Deno.Command(program, {
    args,
    cwd,
    env,
    clearEnv: true,
    stdin: "null",
    signal,
  });
  const { code, stdout, stderr } = await command.output();
  const text = new TextDecoder();
  const outcome = { code, stdout: text.decode(stdout), stderr: text.decode(stderr) };
  if (!signal.aborted) return outcome;
  throw new Error(
    `${program} ${args.join(" ")} did not end within ${deadlineMs} ms\n${outcomeText(outcome)}`,
  );
}

/** Returns how a program ended and what it printed last, for the message of a failed assertion. */
export function outcomeText({ code, stdout, stderr }: Outcome): string {
  return `exit code ${code}\n${stdout.slice(-2000)}${stderr.slice(-2000)}`;
}
