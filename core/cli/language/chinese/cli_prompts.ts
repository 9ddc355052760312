import type { Catalogue } from "../translate.ts";

/** Written by `deno task sentences` from the sources; only the translations are by hand. */
export const cli_prompts: Catalogue = {
  "Type a number from 1 to {1} and press Enter.": "输入 1 到 {1} 的数字，然后按 Enter。",
  "Type y and press Enter to agree, or press only Enter to refuse.":
    "输入 y 并按 Enter 表示同意，只按 Enter 表示拒绝。",
  "{1} Type {2} to agree, or only Enter to leave it.":
    "{1} 输入 {=2} 表示同意，只按 Enter 则放弃。",
  "That is not {1}.": "这不是 {=1}。",
  "Stopped by the user.": "已由用户停止。",
  "Yes": "是",
  "No": "否",
  "type a part of the name, or use the arrows": "输入名称的一部分，或使用方向键",
  "No camera has this name.": "没有叫这个名字的相机。",
};
