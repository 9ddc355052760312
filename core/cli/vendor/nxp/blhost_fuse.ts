import { isKind, UnbrickError } from "../../../common/errors.ts";
import { hex } from "../../../common/format.ts";
import type { Consent } from "../../../plan/operator.ts";
import type { MbootClient } from "../../../protocols/mboot/client/mboot_client.ts";
import { usage } from "../options.ts";
import { type NxpOptions, takeArguments, word } from "./options.ts";
import { type NxpJob, printGeneric } from "./tool.ts";

/** The one burn that the documentation asks for (imxrt-sdp-flashloader.md C8). */
const BOOT_WORD = 6, BOOT_SOURCE = 0x10;

const bootSource: Consent = {
  id: "boot-source",
  text:
    "efuse-program-once 6 00000010 burns the boot-source fuse: from then on the chip starts from " +
    "its external flash. This can never be undone.",
  word: "BURN",
};

/** Consent for every other burn: its name describes the risk. */
const anyOther: Omit<Consent, "text"> = {
  id: "this-can-destroy-the-camera",
  word: "DESTROY",
};

/**
 * Handles efuse-program-once: reads the word, shows what would change, burns only with consent,
 * once, and reads the word again.
 */
export function programOnce(
  { command }: NxpOptions,
): (client: MbootClient, job: NxpJob) => Promise<void> {
  const given = takeArguments(command, ["index", "data"], ["lock", "order"]);
  const index = word(given.index, "the index");
  if (index > 63) throw usage(`The fuse words are 0 to 63, not ${given.index}.`);
  const value = fuseValue(given.data);
  for (const more of [given.lock, given.order]) {
    if (more !== undefined && !/^(nolock|lsb)$/i.test(more)) {
      throw usage(`${more} is not offered: words are burnt as they stand, and never locked.`);
    }
  }
  return async (client, job) => {
    const before = await client.readOnce(index);
    job.print(`Fuse word ${index} reads ${hex(before)}.`);
    if ((before & value) >>> 0 === value) {
      job.print(`All bits of ${hex(value)} are burnt already: nothing to do.`);
      return printGeneric(job);
    }
    await requireConsent(job, consentFor(index, value, before));
    try {
      await client.programOnce(index, value);
    } catch (error) {
      // The answer may be lost although the fuse was burnt: the command is never repeated, the word
      // is read.
      if (!isKind(error, "timeout", "protocol")) throw error;
    }
    const after = await client.readOnce(index);
    if ((after & value) >>> 0 !== value) {
      throw new UnbrickError(
        "verify-failed",
        `Fuse word ${index} reads ${hex(after)} after it was burnt with ${hex(value)}.`,
        { index, word: after },
      );
    }
    printGeneric(job);
    job.print(`Fuse word ${index} reads ${hex(after)}.`);
  };
}

function consentFor(index: number, value: number, before: number): Consent {
  if (index === BOOT_WORD && value === BOOT_SOURCE && before === 0) return bootSource;
  return {
    ...anyOther,
    text: `Burning ${hex(value)} into fuse word ${index} is not what the documentation of any ` +
      "OpenMV camera asks for. It can never be undone and may make the camera useless for ever.",
  };
}

async function requireConsent(job: NxpJob, { id, text, word }: Consent): Promise<void> {
  const { options, console, context, signal } = job;
  if (options.allowed.has(id)) return;
  const isGiven = console.canAsk && await context.prompts.typeWord(text, word!, signal);
  if (isGiven) return;
  throw new UnbrickError(
    "consent-needed",
    `${text} Nothing was burnt: it needs your consent, --allow-fuse ${id}.`,
    { consent: id },
  );
}

/** Reads up to 8 hexadecimal digits, with or without 0x. @throws UnbrickError `usage` */
function fuseValue(text: string): number {
  const digits = /^(?:0x)?([0-9a-f]{1,8})$/i.exec(text)?.[1];
  if (digits === undefined) throw usage(`A fuse value is 8 hexadecimal digits, not ${text}.`);
  return Number.parseInt(digits, 16);
}
