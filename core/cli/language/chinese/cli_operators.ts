import type { Catalogue } from "../translate.ts";

/** Written by `deno task sentences` from the sources; only the translations are by hand. */
export const cli_operators: Catalogue = {
  "Nobody could be asked: {1}": "无人可以询问：{1}",
};
