/** Written by `deno task sentences` from the sources; only the translations are by hand. */
export const cli = [
  // core/cli/run.ts
  "Part of the output was lost: {1}. The exit code {2} is right.",
  "Press Enter to close this window.",
  // core/cli/session.ts
  'There is nothing to permit by the name "{1}". {2}',
] as const;
