import type { Catalogue } from "../translate.ts";

/** Written by `deno task sentences` from the sources; only the translations are by hand. */
export const common: Catalogue = {
  "The {1} needs {2} bytes, but only {3} are there.": "{1}需要 {2} 字节，但只有 {3}。",
  "The {1} is not valid: {2} is {3}.": "{1}无效：{2} 为 {3}。",
};
