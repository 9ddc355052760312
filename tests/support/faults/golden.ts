import { concerns } from "../transport/usb_fault_injector.ts";
import { dataToDevice, type Transfer } from "../../../core/transport/usb/transfer.ts";
import type { NamedFault } from "./case_id.ts";
import type { FaultClass } from "./fault_class.ts";
import { faultsOf } from "./fault_names.ts";
import { type Ending, FaultTrial } from "./fault_trial.ts";
import type { FaultSubject } from "./subject.ts";

/** A run without faults, and every single fault that could have happened in it. */
export interface Golden {
  readonly ending: Ending;
  readonly faults: readonly NamedFault[];
}

/**
 * Runs a subject once without faults.
 * @throws Error if the run does not end as it should, or would not notice that nothing was done
 */
export async function goldenRun(subject: FaultSubject): Promise<Golden> {
  const trial = new FaultTrial(subject);
  const seen: { readonly transfer: Transfer; reply: Uint8Array }[] = [];
  const isIdle = trial.camera.missing(new Map()).length === 0;
  const ending = await trial.run([], {
    seen: (transfer) => seen.push({ transfer, reply: new Uint8Array() }),
    answered: (reply, number) => seen[number - 1].reply = reply,
  });
  const { error } = ending.result!;
  if (error?.kind !== subject.expected) {
    throw new Error(`${subject.id} without faults: ${error?.message ?? "no error"}`);
  }
  if (!error && ending.missing.length > 0) {
    throw new Error(`${subject.id} leaves undone: ${ending.missing.join(", ")}`);
  }
  if (isIdle && subject.job !== "verify") throw new Error(`${subject.id} has nothing to do`);
  return { ending, faults: possible(subject, ending, seen) };
}

function possible(
  subject: FaultSubject,
  { counts }: Ending,
  seen: readonly { readonly transfer: Transfer; readonly reply: Uint8Array }[],
): NamedFault[] {
  const faults: NamedFault[] = [];
  for (const [name, one] of Object.entries(faultsOf(subject))) {
    for (let at = 1; at <= counts[one.counts]; at++) {
      if (one.counts !== "transfer" || canHit(one, seen[at - 1])) faults.push({ at, name });
    }
  }
  return faults;
}

const nothing = () => {};
const anywhere = {
  cancel: nothing,
  kill: nothing,
  killUnjumpered: nothing,
  unplug: nothing,
  crash: nothing,
  swap: nothing,
  plugInNeighbour: nothing,
  otherPort: "1-7",
};

function canHit(
  one: FaultClass & { readonly counts: "transfer" },
  { transfer, reply }: { readonly transfer: Transfer; readonly reply: Uint8Array },
): boolean {
  const fault = one.make(anywhere);
  if (!concerns(fault, transfer)) return false;
  const isIn = dataToDevice(transfer) === undefined;
  if (fault.kind === "short") return reply.length > fault.length;
  if (fault.kind === "flip") return !isIn || reply.length > 0;
  if (fault.kind === "answer") return fault.answer(transfer, reply) !== undefined;
  return true;
}
