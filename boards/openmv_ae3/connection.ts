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

/** Gets an answer from a chip in any state, and checks which chip answers. */

/** unbrick looks for the adapter again after this many milliseconds. */
const LOOK_MS = 2_000;

/** Describes which chip answered, and how. */
export interface Contact extends FoundEnclave {
  /** The part that this bridge belongs to. */
  readonly bridgePart: string;
  /** True if it answered only after a reset while unbrick was calling. */
  readonly neededHardMaintenance: boolean;
}

/**
 * Contacts the chip behind the run's recovery port. unbrick calls a silent chip while the person
 * resets it.
 * @throws UnbrickError `wrong-board`: no Secure Enclave, or not one of an AE3; `protected`;
 * `timeout`.
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

/** Calls the chip; the adapter may disconnect and return when the camera is replugged. */
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

/** Asks again which chip answers, after a reset or a power cycle. */
export async function contactOf(
  context: StepContext,
  client: IspClient,
  detected: DetectedDevice,
): Promise<Contact> {
  return judged(context, detected, await identifyEnclave(client), false);
}
