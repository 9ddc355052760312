import { UnbrickError } from "../../core/common/errors.ts";

export interface Captured {
  readonly code: number;
  readonly stdout: string;
}

/** Runs a program of this machine to its end. Throws if it fails, unless it may fail. */
export async function capture(
  program: string,
  args: readonly string[],
  options: { cwd?: string; env?: Record<string, string>; mayFail?: boolean } = {},
): Promise<Captured> {
  const { mayFail = false, ...where } = options;
  const command = new Deno.Command(program, { args: [...args], stdin: "null", ...where });
  const { code, stdout, stderr } = await command.output();
  if (code !== 0 && !mayFail) {
    const said = new TextDecoder().decode(stderr).trim();
    throw new UnbrickError("not-found", `${program} ${args.join(" ")} failed: ${said}`, { code });
  }
  return { code, stdout: new TextDecoder().decode(stdout) };
}

export async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}
