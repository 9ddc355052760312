import assert from "node:assert/strict";
import { FaultTrial } from "../support/faults/fault_trial.ts";
import type { Transfer } from "../../core/transport/usb/transfer.ts";
import { subjectNamed } from "./subjects.ts";

/**
 * Tests that one refused request does not end a run: each DFU client sends it again, where that is
 * harmless (dfu-dfuse.md F6), whether or not the camera had already carried it out.
 */

/** Of each kind of request: the first, the one in the middle and the last. */
async function requestsOf(name: string): Promise<ReadonlyMap<string, readonly number[]>> {
  const numbers = new Map<string, number[]>();
  await new FaultTrial(subjectNamed(name)).run([], {
    seen(transfer, number) {
      numbers.set(kindOf(transfer), [...numbers.get(kindOf(transfer)) ?? [], number]);
    },
  });
  return new Map(
    [...numbers].map(([kind, all]) => [
      kind,
      [...new Set([all[0], all[Math.floor(all.length / 2)], all.at(-1)!])],
    ]),
  );
}

function kindOf(transfer: Transfer): string {
  if (transfer.kind !== "control") return transfer.kind;
  const { bmRequestType, bRequest, wLength } = transfer.setup;
  return `${bmRequestType.toString(16)}/${bRequest} of ${wLength} bytes`;
}

for (
  const name of [
    "openmv-h7.restore",
    "openmv-n6.restore",
    "openmv-ae3.flash",
    "arduino-portenta-h7.flash",
  ]
) {
  Deno.test(`${name} succeeds although any one request is refused once`, async () => {
    const failed: string[] = [];
    for (const [kind, numbers] of await requestsOf(name)) {
      for (const at of numbers) {
        for (const fault of ["stall", "stall-after"]) {
          const { result, fired, missing } = await new FaultTrial(subjectNamed(name))
            .run([{ at, name: fault }]);
          assert.equal(fired, 1);
          if (result?.outcome === "proven") assert.deepEqual(missing, []);
          else failed.push(`${at}:${fault} (${kind}): ${result?.error}`);
        }
      }
    }
    assert.deepEqual(failed, []);
  });
}
