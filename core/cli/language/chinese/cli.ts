import type { Catalogue } from "../translate.ts";

/** Written by `deno task sentences` from the sources; only the translations are by hand. */
export const cli: Catalogue = {
  "Press Enter to close this window.": "按 Enter 关闭此窗口。",
  'There is nothing to permit by the name "{1}". {2}': "没有名为“{=1}”的可允许项。{2}",
};
