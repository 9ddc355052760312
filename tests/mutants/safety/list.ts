import type { Mutant } from "./mutant.ts";
import { n6Ae3 } from "./n6_ae3.ts";
import { promises } from "./promises.ts";
import { proofMutants } from "./proofs.ts";
import { recordMutants } from "./records.ts";
import { rt1062 } from "./rt1062.ts";
import { stm32 } from "./stm32.ts";
import { usersFiles } from "./users_files.ts";

/** The deliberate faults that the tests must notice, one for each thing that is promised. */
export const safetyMutants: readonly Mutant[] = [
  ...proofMutants,
  ...promises,
  ...stm32,
  ...rt1062,
  ...n6Ae3,
  ...usersFiles,
  ...recordMutants,
];
