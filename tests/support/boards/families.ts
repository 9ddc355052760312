import { arduino } from "../../../boards/arduino/mod.ts";
import { openmvAe3 } from "../../../boards/openmv_ae3/mod.ts";
import { openmvN6 } from "../../../boards/openmv_n6/mod.ts";
import { openmvRt1062 } from "../../../boards/openmv_rt1062/mod.ts";
import { openmvStm32 } from "../../../boards/openmv_stm32/mod.ts";
import type { BoardFamily } from "../../../core/family/family.ts";

/** The built-in families with their jobs: nothing is loaded while virtual time passes. */
export const families: readonly BoardFamily[] = [
  openmvStm32,
  openmvRt1062,
  openmvN6,
  openmvAe3,
  arduino,
];
