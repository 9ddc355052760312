import { config } from "zod/mini";
import en from "zod/v4/locales/en.js";

/** Zod's small build, with English messages: `import * as z` from here. */
export * from "zod/mini";

config(en());
