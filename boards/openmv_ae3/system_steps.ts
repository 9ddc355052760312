import { seromErrorText } from "../../core/protocols/alif_isp/packets/boot_error.ts";
import { reachEnclave, waitForStart } from "../../core/protocols/alif_isp/client/connect.ts";
import { SYSTEM_BASE } from "../../core/protocols/alif_isp/packets/memory_map.ts";
import {
  markThroughFirmware,
  markThroughRom,
  mayBeIncomplete,
} from "../../core/protocols/alif_isp/client/package_mark.ts";
import { notStarted, recoverSystemPackage } from "../../core/protocols/alif_isp/client/recover.ts";
import { compareVersions } from "../../core/protocols/alif_isp/packets/replies.ts";
import type { SystemPackage } from "../../core/protocols/alif_isp/packets/system_package.ts";
import { writeSystemPackage } from "../../core/protocols/alif_isp/client/write_image.ts";
import type { DetectedDevice } from "../../core/device/detected_device.ts";
import { isKind, UnbrickError } from "../../core/common/errors.ts";
import { sha256 } from "../../core/common/sha256.ts";
import type { StepContext } from "../../core/plan/step_context.ts";
import type { Proof } from "../../core/plan/proof.ts";
import type { Step, Target } from "../../core/plan/step.ts";
import { ae3, repowerActions } from "./boards.ts";
import { type Contact, contactOf } from "./connection.ts";
import { recoveryPort, withEnclave, withMaintenance, withPort } from "./enclave.ts";
import { missingPackage, packageFor } from "./packages.ts";
import { restoreFacts } from "./restore_facts.ts";
import { ispWriteMs, romWriteMs } from "./timing.ts";
import { text, type Words } from "../../core/common/text.ts";

/**
 * Makes the steps for the Secure Enclave's own firmware: restore it if it is dead, update it if it
 * is old or may be incomplete. What the ROM restored may be either: SES writes it once more and
 * checks all of it against its signature, which the ROM does not.
 */
export class SystemSteps {
  constructor(private readonly packages: readonly SystemPackage[]) {}

  /**
   * Restores the firmware through the chip's ROM, which accepts a package line by line (alif-isp.md
   * C.6).
   */
  recover(): Step {
    const size = this.packages[0]?.image.bytes.length ?? 0;
    return {
      id: "recover-enclave",
      title: text`Restore the Secure Enclave's firmware`,
      weight: romWriteMs(size) + 2_000,
      effect: "writes",
      targets: this.#targets,
      provenBy: "device-check",
      isDone: async (context) => {
        const { restored } = context.learned(restoreFacts);
        if (restored) return restored;
        const { enquiry, banner } = contactIn(context);
        if (enquiry.source !== "SES") return undefined;
        return {
          claim: text`The Secure Enclave is running its own firmware: ${String(banner)}.`,
          evidence: "device-check",
        };
      },
      prepare: async (context) => {
        const { image, version } = this.#package(context);
        context.note(text`System package for this chip: ${image.name}, version ${version}.`);
      },
      run: async (context) => {
        const system = this.#package(context);
        await withEnclave(context, async (client) => {
          await markThroughRom(client);
          await recoverSystemPackage(client, system, {
            signal: context.signal,
            onProgress: (done, total) => context.progress(done, total),
          });
          await client.reset();
        });
      },
      prove: async (context) => {
        const system = this.#package(context);
        const contact = await this.#startedContact(context);
        if (contact.enquiry.source !== "SES") {
          throw notStarted(seromErrorText(contact.enquiry.error), contact.enquiry.error);
        }
        return this.#proof(
          system,
          contact,
          text`The chip's ROM checked one of the two copies in ${system.image.name} and started it:
            version ${String(contact.version)}.`,
        );
      },
    };
  }

  /**
   * Updates firmware that is older than the available package (openmv-boards.md 2.5 step 5) or
   * incomplete.
   */
  update(): Step {
    const size = this.packages[0]?.image.bytes.length ?? 0;
    return {
      id: "system-package",
      title: text`Update the Secure Enclave's firmware`,
      weight: ispWriteMs(size) + 2_000,
      effect: "writes",
      targets: this.#targets,
      provenBy: "device-check",
      isDone: async (context) =>
        context.learned(restoreFacts).restored ?? await this.#isNewEnough(context),
      run: async (context) => {
        const system = this.#package(context);
        await withMaintenance(context, async (client) => {
          const { signal } = context;
          await markThroughFirmware(client, { signal });
          await writeSystemPackage(client, system, {
            signal,
            onProgress: (done, total) => context.progress(done, total),
          });
        });
        // Only a power cycle is certain to start a new package (alif-isp.md C.5).
        await repower(context);
      },
      prove: async (context) => {
        const system = this.#package(context);
        const contact = await this.#startedContact(context);
        return this.#proof(
          system,
          contact,
          text`The Secure Enclave checked all of ${system.image.name} against its signature and
            is running it: version ${String(contact.version)}. This memory cannot be read back.`,
        );
      },
    };
  }

  get #targets(): readonly Target[] {
    return this.packages.slice(0, 1).map(({ image }) => ({
      region: text`Secure Enclave firmware`,
      address: SYSTEM_BASE,
      length: image.bytes.length,
      ...(this.packages.length === 1 && { sha256: sha256(image.bytes) }),
      image: this.packages.map((one) => one.image.name).join(" or "),
    }));
  }

  #package(context: StepContext): SystemPackage {
    const contact = contactIn(context);
    const { bridgePart } = contact;
    return packageFor(this.packages, contact, bridgePart) ??
      refuse(missingPackage(this.packages, contact, bridgePart));
  }

  async #isNewEnough(context: StepContext): Promise<Proof | undefined> {
    const contact = contactIn(context);
    const { version: running, bridgePart } = contact;
    const system = packageFor(this.packages, contact, bridgePart);
    const what = text`The Secure Enclave runs version ${running ?? "unknown"} of its firmware`;
    if (!system) {
      return {
        claim: text`${what}; there is no newer system package for this part.`,
        evidence: "device-check",
      };
    }
    const order = running === undefined ? -1 : compareVersions(running, system.version);
    if (order < 0) return undefined;
    if (order === 0 && await this.#mayBeIncomplete(context)) return undefined;
    return {
      claim: text`${what}; the available system package has version ${system.version}.`,
      evidence: "device-check",
    };
  }

  async #mayBeIncomplete(context: StepContext): Promise<boolean> {
    const { signal } = context;
    return await withMaintenance(context, (client) => mayBeIncomplete(client, { signal }));
  }

  /**
   * Returns which chip answers after the change. If none does, or the camera has started and
   * disconnected the adapter, the person has to replug it.
   */
  async #startedContact(context: StepContext): Promise<Contact> {
    const contact = await contactHere(context) ?? await contactNow(context, await repower(context));
    if (!contact) {
      throw new UnbrickError(
        "timeout",
        text`The chip has not answered since its firmware was written.`,
      );
    }
    return context.learned(restoreFacts).contact = contact;
  }

  /** Checks the running version. @throws UnbrickError `verify-failed` if another version runs. */
  #proof(system: SystemPackage, { version, enquiry }: Contact, claim: Words): Proof {
    const { name, bytes } = system.image;
    if (enquiry.source !== "SES" || version !== system.version) {
      throw new UnbrickError(
        "verify-failed",
        text`The Secure Enclave runs version ${version ?? "unknown"} after ${name} with version
          ${system.version} was written.`,
        { running: version ?? null, expected: system.version },
      );
    }
    return {
      claim,
      evidence: "device-check",
      address: SYSTEM_BASE,
      bytes: bytes.length,
    };
  }
}

/** Returns the chip that answered last in this run. */
function contactIn(context: StepContext): Contact {
  const { contact } = context.learned(restoreFacts);
  if (!contact) throw new Error("the enclave was not reached");
  return contact;
}

/** Returns the chip behind the recovery port, if the port exists and stays connected. */
async function contactHere(context: StepContext): Promise<Contact | undefined> {
  try {
    return await contactNow(context, await recoveryPort(context));
  } catch (error) {
    if (isKind(error, "disconnected")) return undefined;
    throw error;
  }
}

async function contactNow(
  context: StepContext,
  detected: DetectedDevice,
): Promise<Contact | undefined> {
  return await withPort(context, detected, async (client) => {
    try {
      await waitForStart(client);
    } catch (error) {
      if (!isKind(error, "timeout")) throw error;
      if (!await reachEnclave(client)) return undefined;
    }
    return await contactOf(context, client, detected);
  });
}

/** Waits for the adapter to disconnect with the power and return. */
async function repower(context: StepContext): Promise<DetectedDevice> {
  const before = await context.detected(["rom"]);
  return await context.request(repowerActions, {
    what: text`the recovery port of the ${ae3.name}, after a power cycle`,
    modes: ["rom"],
    accept: ({ seen: { usb } }) =>
      usb.bus !== before?.seen.usb.bus || usb.address !== before.seen.usb.address,
  });
}

function refuse(error: UnbrickError): never {
  throw error;
}
