import type { ListedFamily } from "../core/family/family.ts";
import { arduinoFacts } from "./arduino/facts.ts";
import { ae3Facts } from "./openmv_ae3/facts.ts";
import { n6Facts } from "./openmv_n6/facts.ts";
import { rt1062Facts } from "./openmv_rt1062/facts.ts";
import { stm32Facts } from "./openmv_stm32/facts.ts";

/** The built-in families. Each import names a file as it is, so that `deno compile` sees it. */
export const families: readonly ListedFamily[] = [
  { ...stm32Facts, load: async () => (await import("./openmv_stm32/mod.ts")).openmvStm32 },
  { ...rt1062Facts, load: async () => (await import("./openmv_rt1062/mod.ts")).openmvRt1062 },
  { ...n6Facts, load: async () => (await import("./openmv_n6/mod.ts")).openmvN6 },
  { ...ae3Facts, load: async () => (await import("./openmv_ae3/mod.ts")).openmvAe3 },
  { ...arduinoFacts, load: async () => (await import("./arduino/mod.ts")).arduino },
];
