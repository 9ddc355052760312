import type { Catalogue } from "../translate.ts";

/** Written by `deno task sentences` from the sources; only the translations are by hand. */
export const cli_completion: Catalogue = {
  'There is no completion for "{1}". {2}': "没有“{=1}”的补全。{2}",
};
