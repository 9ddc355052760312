/** Written by `deno task sentences` from the sources; only the translations are by hand. */
export const cli_language = [
  // core/cli/language/language.ts
  'There is no language "{1}"; there are: {2}.',
] as const;
