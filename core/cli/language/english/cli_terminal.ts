/** Written by `deno task sentences` from the sources; only the translations are by hand. */
export const cli_terminal = [
  // core/cli/terminal/console.ts
  "nobody reads it",
] as const;
