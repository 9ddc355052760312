/** Written by `deno task sentences` from the sources; only the translations are by hand. */
export const unseen = [
  // core/cli/language/unseen.ts
  "{#1} s",
  "{#1} ms",
  "{#1} min {#2} s",
  "{#1} bytes",
  "{#1} KiB",
  "{#1} MiB",
  "{#1} GiB",
] as const;
