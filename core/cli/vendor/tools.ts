import { appGenToc } from "./alif/app_gen_toc.ts";
import { appWriteMram } from "./alif/app_write_mram.ts";
import { maintenance } from "./alif/maintenance.ts";
import { toc } from "./alif/toc.ts";
import { updateSystemPackage } from "./alif/update_system_package.ts";
import { dfuUtil } from "./dfu_util/command.ts";
import { blhost } from "./nxp/blhost.ts";
import { sdphost } from "./nxp/sdphost.ts";
import { stm32Programmer } from "./stm32_programmer/command.ts";
import type { VendorTool } from "./tool.ts";

/**
 * The tools whose command lines unbrick accepts unchanged; `toc` is unbrick's own, in their style.
 */
export const vendorTools: readonly VendorTool[] = [
  dfuUtil,
  sdphost,
  blhost,
  stm32Programmer,
  maintenance,
  updateSystemPackage,
  appWriteMram,
  appGenToc,
  toc,
];
