import type { Catalogue } from "../translate.ts";

/** Written by `deno task sentences` from the sources; only the translations are by hand. */
export const cli: Catalogue = {
  "Part of the output was lost: {1}. The exit code {2} is right.":
    "部分输出丢失：{1}。退出码 {2} 是正确的。",
  "Press Enter to close this window.": "按 Enter 关闭此窗口。",
  'There is nothing to permit by the name "{1}". {2}': "没有名为“{=1}”的可允许项。{2}",
};
