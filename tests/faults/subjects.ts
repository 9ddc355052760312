import { faultSubjects as arduino } from "../support/boards/arduino_fault_subjects.ts";
import { faultSubjects as openmvAe3 } from "../support/boards/openmv_ae3_fault_subjects.ts";
import { faultSubjects as openmvN6 } from "../support/boards/openmv_n6_fault_subjects.ts";
import { faultSubjects as openmvRt1062 } from "../support/boards/openmv_rt1062_fault_subjects.ts";
import { faultSubjects as openmvStm32 } from "../support/boards/openmv_stm32_fault_subjects.ts";
import { UnbrickError } from "../../core/common/errors.ts";
import type { FaultSubject } from "../support/faults/subject.ts";

/** Every job of every family, for fault runs. */
export const subjects: readonly FaultSubject[] = [
  ...openmvStm32,
  ...openmvN6,
  ...openmvRt1062,
  ...openmvAe3,
  ...arduino,
];

/** Returns the subject with an id. @throws UnbrickError `usage` if there is none. */
export function subjectNamed(id: string): FaultSubject {
  const found = subjects.find((subject) => subject.id === id);
  if (found) return found;
  const known = subjects.map((subject) => subject.id).join(", ");
  throw new UnbrickError("usage", `There is no fault subject ${id}; there are: ${known}.`);
}
