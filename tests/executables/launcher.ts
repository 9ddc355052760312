/** How an executable ended. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts the executable of one target, in whatever it needs around it. */
export interface Launcher {
  /** `windows-x64, Wine 10.0` */
  readonly title: string;
  /** An empty folder for files, as this program sees it. */
  readonly folder: string;
  /** A file of that folder as the executable is told of it. */
  inside(name: string): string;
  /** Where the executable must keep imported images, as it tells of it; empty at first. */
  readonly imageStore: string;
  /** How many cases may run at the same time; default 1. */
  readonly parallel?: number;
  run(...args: readonly string[]): Promise<Outcome>;
}

/** One thing that must hold for an executable. */
export interface ExecutableCase {
  readonly name: string;
  /** Also tried where every start takes half a minute: on an emulated processor. */
  readonly isBasic?: boolean;
  run(launcher: Launcher): Promise<void>;
}

export interface StartOptions {
  readonly cwd?: string;
  readonly env?: Record<string, string>;
  /** Ends the program after so many ms; then the outcome is an error. Default: two minutes. */
  readonly deadlineMs?: number;
}

/** Starts a program with nothing in its environment but `env`, and waits for its end. */
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
    `${program} ${args.join(" ")} did not end within ${deadlineMs} ms\n${told(outcome)}`,
  );
}

/** How a program ended and what it said last, for the message of a failed assertion. */
export function told({ code, stdout, stderr }: Outcome): string {
  return `exit code ${code}\n${stdout.slice(-2000)}${stderr.slice(-2000)}`;
}
