/**
 * Runs a program to its end and returns what it printed.
 * @throws Error that names the program if it is missing or fails; `hint` says how to install it
 */
export async function run(
  program: string,
  args: readonly string[],
  options: { hint?: string; env?: Record<string, string>; cwd?: URL } = {},
): Promise<string> {
  const command = new Deno.Command(program, {
    args: [...args],
    stdin: "null",
    env: options.env,
    cwd: options.cwd,
  });
  let output: Deno.CommandOutput;
  try {
    output = await command.output();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new MissingProgram(program, options.hint);
  }
  const text = new TextDecoder();
  if (!output.success) {
    throw new Error(
      `${program} failed with exit code ${output.code}:\n${text.decode(output.stderr)}`,
    );
  }
  return text.decode(output.stdout);
}

/** A program that this tool needs is not installed. */
export class MissingProgram extends Error {
  override readonly name = "MissingProgram";

  constructor(readonly program: string, hint?: string) {
    super(`${program} is not installed${hint ? `; ${hint}` : ""}`);
  }
}
