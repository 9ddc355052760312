import { testFaultSamples } from "../../tests/support/faults/sample.ts";
import { faultSubjects } from "../../tests/support/boards/openmv_stm32_faults.ts";

testFaultSamples(faultSubjects);
