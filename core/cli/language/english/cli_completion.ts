/** Written by `deno task sentences` from the sources; only the translations are by hand. */
export const cli_completion = [
  // core/cli/completion/shells.ts
  'There is no completion for "{1}". {2}',
] as const;
