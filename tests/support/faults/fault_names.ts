import { UnbrickError } from "../../../core/common/errors.ts";
import {
  type FaultClass,
  hostFaults,
  killedWithoutJumper,
  lineFaults,
  nothing,
  transportFaults,
  wrongAnswer,
  wrongFrame,
} from "./fault_class.ts";
import type { FaultSubject } from "./subject.ts";

const known = new WeakMap<FaultSubject, Readonly<Record<string, FaultClass>>>();

/** Returns all faults that can happen to a subject, by name. */
export function faultsOf(subject: FaultSubject): Readonly<Record<string, FaultClass>> {
  let faults = known.get(subject);
  if (!faults) known.set(subject, faults = collect(subject));
  return faults;
}

/**
 * Returns the fault with a name.
 * @throws UnbrickError `usage` if the subject does not know it
 */
export function faultNamed(subject: FaultSubject, name: string): FaultClass {
  const fault = faultsOf(subject)[name];
  if (fault) return fault;
  throw new UnbrickError("usage", `${subject.id} knows no fault "${name}".`, {
    known: Object.keys(faultsOf(subject)).join(", "),
  });
}

/**
 * A read claims only that it received these bytes. They do not show a bit that changed on the way,
 * or a selected memory that the device acknowledged and ignored.
 */
const unseenByRead = ["flip", "flip-early", "stale", "lost"];

function collect(
  { job, answers, lineAnswers, hasJumper }: FaultSubject,
): Readonly<Record<string, FaultClass>> {
  const all = {
    ...transportFaults,
    ...hostFaults,
    nothing,
    ...(hasJumper && { "kill-jumper-off": killedWithoutJumper }),
    ...mapped(answers, wrongAnswer),
    ...(lineAnswers && { ...lineFaults, ...mapped(lineAnswers, wrongFrame) }),
  };
  if (job !== "read") return all;
  return Object.fromEntries(Object.entries(all).filter(([name]) => !unseenByRead.includes(name)));
}

function mapped<T>(record: Readonly<Record<string, T>>, make: (value: T) => FaultClass) {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, make(value)]));
}
