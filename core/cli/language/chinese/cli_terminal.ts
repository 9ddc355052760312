import type { Catalogue } from "../translate.ts";

/** Written by `deno task sentences` from the sources; only the translations are by hand. */
export const cli_terminal: Catalogue = {
  "nobody reads it": "没有程序读取",
};
