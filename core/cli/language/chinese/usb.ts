import type { Catalogue } from "../translate.ts";

/** Written by `deno task sentences` from the sources; only the translations are by hand. */
export const usb: Catalogue = {
  "The device on port {1} left the bus.": "端口 {1} 上的设备离开了总线。",
  'The {1} has nothing for "{2}".': "{1} 没有可用于“{=2}”的内容。",
};
