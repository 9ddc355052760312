/** Written by `deno task sentences` from the sources; only the translations are by hand. */
export const cli_operators = [
  // core/cli/operators/unattended.ts
  "Nobody could be asked: {1}",
] as const;
