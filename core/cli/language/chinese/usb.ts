import type { Catalogue } from "../translate.ts";

/** Written by `deno task sentences` from the sources; only the translations are by hand. */
export const usb: Catalogue = {
  "The device on port {1} left the bus.": "",
  'The {1} has nothing for "{2}".': "",
};
