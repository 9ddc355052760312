/** Written by `deno task sentences` from the sources; only the translations are by hand. */
export const core = [
  // main.ts
  "The plugin {1} cannot be loaded: {2}",
  "The plugin {1} exports no board family.",
  "The name of the folder for temporary files is not UTF-8 text.",
  "Name another folder, then run the same command again: export TMPDIR=/tmp",
] as const;
