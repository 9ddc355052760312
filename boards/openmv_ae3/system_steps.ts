import { seromErrorText } from "../../core/protocols/alif_isp/packets/boot_error.ts";
import { reachEnclave, waitForStart } from "../../core/protocols/alif_isp/client/connect.ts";
import { SYSTEM_BASE } from "../../core/protocols/alif_isp/packets/memory_map.ts";
import {
  markThroughFirmware,
  markThroughRom,
  mayBeCutOff,
} from "../../core/protocols/alif_isp/client/package_mark.ts";
import { notStarted, recoverSystemPackage } from "../../core/protocols/alif_isp/client/recover.ts";
import { compareVersions } from "../../core/protocols/alif_isp/packets/replies.ts";
import type { SystemPackage } from "../../core/protocols/alif_isp/packets/system_package.ts";
import { writeSystemPackage } from "../../core/protocols/alif_isp/client/write_image.ts";
import type { Sighting } from "../../core/device/detected_device.ts";
import { isKind, UnbrickError } from "../../core/common/errors.ts";
import { sha256 } from "../../core/image/load.ts";
import type { Bench } from "../../core/plan/step_context.ts";
import type { Proof } from "../../core/plan/proof.ts";
import type { Step, Target } from "../../core/plan/step.ts";
import { ae3, repowerActions } from "./boards.ts";
import { type Contact, contactOf } from "./connection.ts";
import { recoveryPort, withEnclave, withMaintenance, withPort } from "./enclave.ts";
import { missingPackage, packageFor } from "./packages.ts";
import { ispWriteMs, romWriteMs } from "./timing.ts";

/** What the steps share with the rest of a restore. */
export interface Shared {
  contact(): Contact | undefined;
  /** The chip runs something else now. */
  renew(contact: Contact): void;
  /** Evidence that nothing is to be done at all. */
  restored(): Proof | undefined;
}

/**
 * The Secure Enclave's own firmware: brought back if it is dead, renewed if it is old or may have been
 * cut off. What came back through the ROM is one or the other: SES writes it once more and checks all
 * of it against its signature, which the ROM does not.
 */
export class SystemSteps {
  constructor(
    private readonly packages: readonly SystemPackage[],
    private readonly shared: Shared,
  ) {}

  /** The chip's ROM answers: it takes a system package line by line (alif-isp.md C.6). */
  recover(): Step {
    const size = this.packages[0]?.image.bytes.length ?? 0;
    return {
      id: "recover-enclave",
      title: "Bring back the Secure Enclave's firmware",
      weight: romWriteMs(size) + 2_000,
      effect: "writes",
      targets: this.#targets,
      isDone: async () => {
        const restored = this.shared.restored();
        if (restored) return restored;
        const { enquiry, banner } = this.#contact;
        if (enquiry.source !== "SES") return undefined;
        return {
          claim: `The Secure Enclave runs its own firmware: ${banner}.`,
          evidence: "device-check",
        };
      },
      run: async (bench) => {
        const system = this.#package();
        bench.note(
          `System package for this chip: ${system.image.name}, version ${system.version}.`,
        );
        await withEnclave(bench, async (client) => {
          bench.touching("the Secure Enclave's firmware");
          await markThroughRom(client);
          await recoverSystemPackage(client, system, {
            signal: bench.signal,
            onProgress: (done, total) => bench.progress(done, total),
          });
          await client.reset();
        });
      },
      prove: async (bench) => {
        const system = this.#package();
        const contact = await this.#startedContact(bench);
        if (contact.enquiry.source !== "SES") {
          throw notStarted(seromErrorText(contact.enquiry.error), contact.enquiry.error);
        }
        return this.#proof(
          system,
          contact,
          `The chip's ROM checked one of the two copies in ${system.image.name} and started it: ` +
            `version ${contact.version}.`,
        );
      },
    };
  }

  /** The firmware is older than the package at hand (openmv-boards.md 2.5 step 5), or not whole. */
  update(): Step {
    const size = this.packages[0]?.image.bytes.length ?? 0;
    return {
      id: "system-package",
      title: "Renew the Secure Enclave's firmware",
      weight: ispWriteMs(size) + 2_000,
      effect: "writes",
      targets: this.#targets,
      isDone: async (bench) => this.shared.restored() ?? await this.#isNewEnough(bench),
      run: async (bench) => {
        const system = this.#package();
        await withMaintenance(bench, async (client) => {
          bench.touching("the Secure Enclave's firmware");
          const { signal } = bench;
          await markThroughFirmware(client, { signal });
          await writeSystemPackage(client, system, {
            signal,
            onProgress: (done, total) => bench.progress(done, total),
          });
        });
        // A chip starts a new package for certain only with its power (alif-isp.md C.5).
        await repower(bench);
      },
      prove: async (bench) => {
        const system = this.#package();
        const contact = await this.#startedContact(bench);
        return this.#proof(
          system,
          contact,
          `The Secure Enclave checked all of ${system.image.name} against its signature, and runs ` +
            `it: version ${contact.version}. It does not let this memory be read.`,
        );
      },
    };
  }

  get #contact(): Contact {
    const contact = this.shared.contact();
    if (!contact) throw new Error("the enclave was not reached");
    return contact;
  }

  get #targets(): readonly Target[] {
    return this.packages.slice(0, 1).map(({ image }) => ({
      region: "Secure Enclave firmware",
      address: SYSTEM_BASE,
      length: image.bytes.length,
      ...(this.packages.length === 1 && { sha256: sha256(image.bytes) }),
      image: this.packages.map((one) => one.image.name).join(" or "),
    }));
  }

  #package(): SystemPackage {
    const { bridgePart } = this.#contact;
    return packageFor(this.packages, this.#contact, bridgePart) ??
      refuse(missingPackage(this.packages, this.#contact, bridgePart));
  }

  async #isNewEnough(bench: Bench): Promise<Proof | undefined> {
    const { version: running, bridgePart } = this.#contact;
    const system = packageFor(this.packages, this.#contact, bridgePart);
    const what = `The Secure Enclave runs version ${running ?? "unknown"} of its firmware`;
    if (!system) {
      return {
        claim: `${what}; there is no system package for its part to renew it with.`,
        evidence: "device-check",
      };
    }
    const order = running === undefined ? -1 : compareVersions(running, system.version);
    if (order < 0) return undefined;
    if (order === 0 && await this.#mayBeCutOff(bench)) return undefined;
    return {
      claim: `${what}; the system package at hand has version ${system.version}.`,
      evidence: "device-check",
    };
  }

  async #mayBeCutOff(bench: Bench): Promise<boolean> {
    const { signal } = bench;
    return await withMaintenance(bench, (client) => mayBeCutOff(client, { signal }));
  }

  /**
   * Who answers after the change; if nobody does, or the camera has started and taken its socket from
   * the adapter, hands give the chip its power anew.
   */
  async #startedContact(bench: Bench): Promise<Contact> {
    const contact = await contactHere(bench) ?? await contactNow(bench, await repower(bench));
    if (!contact) {
      throw new UnbrickError("timeout", "The chip does not answer since its firmware was written.");
    }
    this.shared.renew(contact);
    return contact;
  }

  /** @throws UnbrickError `verify-failed` if another version runs. */
  #proof(system: SystemPackage, { version, enquiry }: Contact, claim: string): Proof {
    const { name, bytes } = system.image;
    if (enquiry.source !== "SES" || version !== system.version) {
      throw new UnbrickError(
        "verify-failed",
        `The Secure Enclave runs version ${version ?? "unknown"} after ${name} with version ` +
          `${system.version} was written.`,
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

/** Who answers behind the recovery port, if that is there and stays. */
async function contactHere(bench: Bench): Promise<Contact | undefined> {
  try {
    return await contactNow(bench, await recoveryPort(bench));
  } catch (error) {
    if (isKind(error, "disconnected")) return undefined;
    throw error;
  }
}

async function contactNow(bench: Bench, sighting: Sighting): Promise<Contact | undefined> {
  return await withPort(bench, sighting, async (client) => {
    try {
      await waitForStart(client);
    } catch (error) {
      if (!isKind(error, "timeout")) throw error;
      if (!await reachEnclave(client)) return undefined;
    }
    return await contactOf(bench, client, sighting);
  });
}

/** The adapter leaves with the power and comes back. */
async function repower(bench: Bench): Promise<Sighting> {
  const before = await bench.sighting(["rom"]);
  return await bench.request(repowerActions, {
    what: `the recovery port of the ${ae3.name}, after its power was off`,
    modes: ["rom"],
    accept: ({ seen: { usb } }) =>
      usb.bus !== before?.seen.usb.bus || usb.address !== before.seen.usb.address,
  });
}

function refuse(error: UnbrickError): never {
  throw error;
}
