import type { Catalogue } from "../translate.ts";

/** Written by `deno task sentences` from the sources; only the translations are by hand. */
export const family: Catalogue = {
  "The {1} has no {2}.": "{1} 没有{2}。",
};
