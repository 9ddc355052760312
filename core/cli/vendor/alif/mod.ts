import { appGenToc } from "./app_gen_toc.ts";
import { appWriteMram } from "./app_write_mram.ts";
import { maintenance } from "./maintenance.ts";
import { toc } from "./toc.ts";
import type { AlifTool } from "./tool.ts";
import { updateSystemPackage } from "./update_system_package.ts";

/** Alif's command lines by the name they are called with, and `toc`, which is ours. */
export const alifTools: readonly AlifTool[] = [
  maintenance,
  updateSystemPackage,
  appWriteMram,
  appGenToc,
  toc,
];
