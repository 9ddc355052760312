import type { Catalogue } from "../translate.ts";

/** Written by `deno task sentences` from the sources; only the translations are by hand. */
export const core: Catalogue = {
  "The plugin {1} cannot be loaded: {2}": "插件 {1} 无法加载：{2}",
  "The plugin {1} exports no board family.": "插件 {1} 没有导出板子家族。",
  "The name of the folder for temporary files is not UTF-8 text.":
    "临时文件夹的名称不是 UTF-8 文本。",
  "Name another folder, then run the same command again: export TMPDIR=/tmp":
    "指定另一个文件夹，然后再次运行同一命令：export TMPDIR=/tmp",
};
