import {
  callHardMaintenance,
  type FoundEnclave,
  identifyEnclave,
  reachEnclave,
} from "../../core/protocols/alif_isp/client/connect.ts";
import type { IspClient } from "../../core/protocols/alif_isp/client/isp_client.ts";
import { seromErrorText } from "../../core/protocols/alif_isp/packets/boot_error.ts";
import { refuseForeignChip } from "../../core/protocols/alif_isp/client/chip_check.ts";
import type { DetectedDevice } from "../../core/device/detected_device.ts";
import { isKind } from "../../core/common/errors.ts";
import type { StepContext } from "../../core/plan/step_context.ts";
import { ae3, resetActions } from "./boards.ts";
import { recoveryPort, withPort } from "./enclave.ts";
import { expectedPart } from "./recognise.ts";
import { text } from "../../core/common/text.ts";

/** Getting an answer out of a chip, whatever state it is in, and judging who answers. */

/** The adapter is looked for anew after this time, milliseconds. */
const LOOK_MS = 2_000;

/** Who answered, and how. */
export interface Contact extends FoundEnclave {
  /** The part that goes with the bridge. */
  readonly bridgePart: string;
  /** It answered only when it was reset while being called. */
  readonly neededHardMaintenance: boolean;
}

/**
 * Talks to whatever is behind the run's recovery port. A chip that is silent is called while hands
 * reset it.
 * @throws UnbrickError `wrong-board`: no Secure Enclave, or not one of an AE3; `protected`; `timeout`.
 */
export async function makeContact(context: StepContext): Promise<Contact> {
  const detected = await recoveryPort(context);
  const first = await withPort(context, detected, async (client) => {
    if (!await reachEnclave(client)) return undefined;
    return judged(context, detected, await identifyEnclave(client), false);
  });
  if (first) return first;
  context.note(
    text`Nothing answers on the serial adapter. The camera's program may have crashed or gone to
      sleep, or this is not an OpenMV AE3.`,
  );
  return await context.requestWhile(
    resetActions,
    { what: text`the Secure Enclave to answer after its reset` },
    (signal) => callUntilReset(context, signal),
  );
}

/** Calls; the adapter may leave and come back when the camera is plugged in anew. */
async function callUntilReset(context: StepContext, signal: AbortSignal): Promise<Contact> {
  while (true) {
    try {
      const what = text`the recovery port of the ${ae3.name}`;
      const detected = await context.waitFor({ what, modes: ["rom"], deadlineMs: LOOK_MS });
      return await withPort(context, detected, async (client) => {
        await callHardMaintenance(client, signal);
        return judged(context, detected, await identifyEnclave(client), true);
      });
    } catch (error) {
      if (!isKind(error, "disconnected", "not-found", "timeout") || signal.aborted) throw error;
    }
  }
}

function judged(
  context: StepContext,
  detected: DetectedDevice,
  found: FoundEnclave,
  neededHardMaintenance: boolean,
): Contact {
  const { revision, enquiry, banner } = found;
  const bridgePart = expectedPart(detected.seen)!;
  const { part, serial } = revision;
  refuseForeignChip(found);
  if (serial) context.remember({ id: serial, mode: "rom" });
  const chip = part || text`part without a number`;
  context.identified(
    enquiry.source === "SES"
      ? text`Secure Enclave of an Alif ${chip}, silicon ${revision.name}: its firmware answers
          (${String(banner)}).`
      : text`Secure Enclave of an Alif ${chip}, silicon ${revision.name}: its ROM answers, because ${
        seromErrorText(enquiry.error)
      }.`,
  );
  if (part && part !== bridgePart) {
    context.note(
      text`Its serial adapter is the ${bridgePart}'s; the part number that the chip reports
        decides.`,
    );
  }
  return { ...found, bridgePart, neededHardMaintenance };
}

/** Asks again who answers, after a reset or a power cycle. */
export async function contactOf(
  context: StepContext,
  client: IspClient,
  detected: DetectedDevice,
): Promise<Contact> {
  return judged(context, detected, await identifyEnclave(client), false);
}
