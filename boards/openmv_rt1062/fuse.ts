import { isKind, UnbrickError } from "../../core/common/errors.ts";
import { hex } from "../../core/common/format.ts";
import type { MbootClient } from "../../core/protocols/mboot/client/mboot_client.ts";
import type { StepContext } from "../../core/plan/step_context.ts";
import type { Proof } from "../../core/plan/proof.ts";
import type { Step } from "../../core/plan/step.ts";
import { bootSourceConsent } from "./consents.ts";
import { closedChip, type LoaderKind } from "./loader.ts";
import { text, type Words } from "../../core/common/text.ts";

/** The permanent fuse that makes the chip start from its flash (imxrt-sdp-flashloader.md C8). */

/** OTP words. */
const LOCK_WORD = 0, BOOT_DEVICE_WORD = 5, BOOT_WORD = 6;
/** BT_FUSE_SEL: the only bit that unbrick ever burns, always as this constant. */
const BOOT_SOURCE = 0x10;
/** BOOT_CFG_LOCK, write lock. */
const BOOT_LOCKED = 0x4;
const SEC_CONFIG_1 = 1 << 1;

/** Bits of word 6 that make a restore impossible. */
const fatalBits: readonly (readonly [mask: number, why: Words])[] = [
  [1 << 16, text`FORCE_INTERNAL_BOOT is burnt: the chip ignores the jumper`],
  [1 << 17, text`SDP_DISABLE is burnt: the chip no longer accepts programs over USB`],
];

export interface FuseState {
  /** Word 6 as read. */
  readonly word: number;
  readonly isSet: boolean;
}

/**
 * Reads the boot fuses.
 * @throws UnbrickError `protected` if the chip is closed, a bit makes a restore impossible, or the
 * boot-source bit is not set and cannot or must not be burnt; `wrong-board` if the chip starts from
 * something other than FlexSPI NOR.
 */
export async function readFuses(client: MbootClient): Promise<FuseState> {
  const word = await client.readOnce(BOOT_WORD);
  if (word & SEC_CONFIG_1) throw closedChip();
  const fatal = fatalBits.find(([mask]) => word & mask);
  if (fatal) {
    throw new UnbrickError("protected", text`Fuse word 6 is ${hex(word)}: ${fatal[1]}.`, { word });
  }
  const device = await client.readOnce(BOOT_DEVICE_WORD) >>> 4 & 0xf;
  if (device !== 0) {
    throw new UnbrickError(
      "wrong-board",
      text`The fuses make the chip start from boot device ${device}; an OpenMV Cam RT1062 starts
        from FlexSPI NOR (0).`,
      { bootDevice: device },
    );
  }
  const isSet = (word & BOOT_SOURCE) !== 0;
  if (!isSet) await requireBurnable(client, word);
  return { word, isSet };
}

/** Checks that the word is unchanged and not locked before the bit is burnt (C8). */
async function requireBurnable(client: MbootClient, word: number): Promise<void> {
  if (word !== 0) {
    throw new UnbrickError(
      "protected",
      text`Fuse word 6 is ${hex(word)}; in a new camera it has another value. unbrick does not
        burn the boot-source fuse of this camera.`,
      { word },
    );
  }
  const lock = await client.readOnce(LOCK_WORD);
  if (lock & BOOT_LOCKED) {
    throw new UnbrickError(
      "protected",
      text`The boot fuses are locked and can no longer be burnt.`,
      {
        lock,
      },
    );
  }
}

export const isBootSourceSet = async (context: StepContext, loader: LoaderKind): Promise<boolean> =>
  (await context.use(loader, ({ client }) => readFuses(client))).isSet;

/** Contains what the step learns before it burns. */
interface FuseFacts {
  /** Word 6 as it was first read in this run. */
  before?: number;
}

const fuseFacts = (): FuseFacts => ({});

/**
 * Returns the step that burns the fuse. It burns nothing before `requireProven` has read the flash
 * back once more. It sends the burn command once; only the fuse itself shows the result.
 */
export function bootSourceStep(
  loader: LoaderKind,
  requireProven: (context: StepContext, client: MbootClient) => Promise<void>,
): Step {
  return {
    id: "boot-source",
    title: text`Burn the boot-source fuse`,
    weight: 50,
    effect: "irreversible",
    targets: [{ region: text`boot-source fuse (word 6, bit 4)`, address: BOOT_WORD, length: 4 }],
    consent: bootSourceConsent,
    provenBy: "fuse",
    isDone: (context) =>
      context.use(loader, async ({ client }) => {
        const { isSet, word } = await readFuses(client);
        const facts = context.learned(fuseFacts);
        facts.before ??= word;
        return isSet ? fuseProof(word, text`was already set`, facts.before) : undefined;
      }),
    prepare: (context) =>
      context.use(loader, async ({ client, role }) => {
        if (role !== "flashloader") {
          throw new UnbrickError("bug", "Fuses are burnt by the flashloader.");
        }
        await requireProven(context, client);
      }),
    run: (context) => burn(context, loader),
    prove: (context) =>
      context.use(loader, async ({ client }) => {
        const { isSet, word } = await readFuses(client);
        if (isSet) return fuseProof(word, text`is set`, context.learned(fuseFacts).before);
        throw new UnbrickError(
          "verify-failed",
          text`The boot-source fuse is not set although the chip accepted it (word 6 is
            ${hex(word)}).`,
          { word },
        );
      }),
  };
}

async function burn(context: StepContext, loader: LoaderKind): Promise<void> {
  try {
    await context.use(loader, async ({ client }) => {
      if ((await readFuses(client)).isSet) return;
      await client.programOnce(BOOT_WORD, BOOT_SOURCE);
    });
  } catch (error) {
    if (!isKind(error, "timeout", "protocol", "stalled")) throw error;
    // Never sent again: the answer may be lost although the fuse is burnt. The fuse shows it.
    if (!await isBootSourceSet(context, loader)) throw error;
  }
}

function fuseProof(word: number, how: Words, before?: number): Proof {
  return {
    claim: text`The boot-source fuse ${how}: word 6 reads ${hex(word)}.`,
    evidence: "fuse",
    address: BOOT_WORD,
    fuse: { before, after: word },
  };
}
