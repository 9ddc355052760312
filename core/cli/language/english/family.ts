/** Written by `deno task sentences` from the sources; only the translations are by hand. */
export const family = [
  // core/family/planner.ts
  "The {1} has no {2}.",
] as const;
