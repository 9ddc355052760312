import { testFaultSamples } from "../../core/faults/testing.ts";
import { faultSubjects } from "./fault_subject.ts";

testFaultSamples(faultSubjects);
