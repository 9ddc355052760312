import { testFaultSamples } from "../../tests/support/faults/sample.ts";
import { faultSubjects } from "../../tests/support/boards/arduino_faults.ts";

testFaultSamples(faultSubjects);
