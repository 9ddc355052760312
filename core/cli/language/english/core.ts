/** Written by `deno task sentences` from the sources; only the translations are by hand. */
export const core = [
  // main.ts
  "The plugin {1} cannot be loaded: {2}",
  "The plugin {1} exports no board family.",
] as const;
