import type { Catalogue } from "../translate.ts";

/** Written by `deno task sentences` from the sources; only the translations are by hand. */
export const core: Catalogue = {
  "The plugin {1} cannot be loaded: {2}": "插件 {1} 无法加载：{2}",
  "The plugin {1} exports no board family.": "插件 {1} 没有导出板子家族。",
};
