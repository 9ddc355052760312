/** Written by `deno task sentences` from the sources; only the translations are by hand. */
export const cli_terminal = [] as const;
