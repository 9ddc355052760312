/** Written by `deno task sentences` from the sources; only the translations are by hand. */
export const cli_page = [
  // core/cli/page/page.ts
  "{1} bytes",
] as const;
