import type { BoardFamily } from "../core/family/family.ts";
import { arduino } from "./arduino/mod.ts";
import { openmvAe3 } from "./openmv_ae3/mod.ts";
import { openmvN6 } from "./openmv_n6/mod.ts";
import { openmvRt1062 } from "./openmv_rt1062/mod.ts";
import { openmvStm32 } from "./openmv_stm32/mod.ts";

/** The built-in families. The imports are static so that `deno compile` sees them. */
export const families: readonly BoardFamily[] = [
  openmvStm32,
  openmvRt1062,
  openmvN6,
  openmvAe3,
  arduino,
];
