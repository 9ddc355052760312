import { testFaultSamples } from "../../tests/support/faults/sampled_faults.ts";
import { faultSubjects } from "../../tests/support/boards/arduino_fault_subjects.ts";

testFaultSamples(faultSubjects);
