/** Written by `deno task sentences` from the sources; only the translations are by hand. */
export const common = [
  // core/common/struct.ts
  "The {1} needs {2} bytes, but only {3} are there.",
  "The {1} is not valid: {2} is {3}.",
] as const;
