import type { Catalogue } from "../translate.ts";

/** Written by `deno task sentences` from the sources; only the translations are by hand. */
export const cli_language: Catalogue = {
  'There is no language "{1}"; there are: {2}.': "没有语言“{=1}”；可用：{=2}。",
};
