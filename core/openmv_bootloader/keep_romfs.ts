import { isDeepStrictEqual } from "node:util";
import { isKind, UnbrickError } from "../common/errors.ts";
import { byteSize } from "../common/format.ts";
import { plural, text, type Words } from "../common/text.ts";
import type { JobOptions } from "../family/family.ts";
import type { ReadAt } from "../image/romfs.ts";
import { type RomfsOwner, romfsOwner } from "../image/romfs_owner.ts";
import { overwriteOtaApp, overwriteRomfs } from "../plan/consents.ts";
import type { Keeping, Step } from "../plan/step.ts";
import type { StepContext } from "../plan/step_context.ts";

/** A ROMFS may be the user's own: what decides whether it is written. */

const MOST_LOOKS = 5;

/** Where a camera has a ROMFS. */
export interface RomfsPlace {
  /** Name for people: "ROMFS". */
  readonly region: Words;
  readonly address: number;
  /** Size in bytes. */
  readonly size: number;
  /** Returns false while the camera cannot be asked. */
  isReadable(context: StepContext): Promise<boolean>;
  /** Reads it by offsets from its start; waits for the camera if need be. */
  reader(context: StepContext): ReadAt;
  /** Makes its first bytes blank. */
  wipe(context: StepContext): Promise<void>;
}

/**
 * The step that writes a ROMFS, or keeps what is there: with `auto` a whole file system that no known
 * image begins like; without its own consent an application of openmv-ota.
 */
export function keepingStep(write: Step, place: RomfsPlace, options: JobOptions): Step {
  const { romfs: mode, knownRomfs = [], allow = [] } = options;
  if (mode === undefined) return write;
  if (mode === "keep") return untouchedStep(write, place);
  /** What the region holds, once it was looked at. */
  const findings = (): { found?: RomfsOwner } => ({});

  /** Returns why it is kept; undefined if it is to be written. */
  async function reasonToKeep(context: StepContext): Promise<Words | undefined> {
    const known = context.learned(findings);
    const readAt = place.reader(context);
    const found = known.found ??= await lookTwice(
      () => romfsOwner(readAt, place.size, knownRomfs),
      place.region,
    );
    if (found.owner === "ota" && !allow.includes(overwriteOtaApp.id)) {
      if (mode === "write") throw otaApp(place.region);
      return text`an application of openmv-ota`;
    }
    if (found.owner !== "user" || mode === "write" || allow.includes(overwriteRomfs.id)) {
      return undefined;
    }
    const { files, size } = found.romfs;
    const count = plural(files.length, text`${files.length} file`, text`${files.length} files`);
    return text`an unknown file system: ${count}, ${byteSize(size)}`;
  }

  async function keeping(context: StepContext): Promise<Keeping | undefined> {
    const canTell = context.learned(findings).found || await place.isReadable(context);
    if (!canTell) return "undecided";
    const kept = await reasonToKeep(context);
    return kept === undefined ? undefined : { kept };
  }

  /** What was written wrong must not pass for the user's own in the next run. */
  async function wipingIfWrong<T>(context: StepContext, work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      // The first error is the one to tell.
      if (isKind(error, "verify-failed")) await place.wipe(context).catch(() => {});
      throw error;
    }
  }

  return {
    ...write,
    keeping,
    run: (context) => wipingIfWrong(context, write.run(context)),
    prove: async (context) => await wipingIfWrong(context, write.prove!(context)),
    async isDone(context) {
      const kept = await reasonToKeep(context);
      if (kept === undefined) return await write.isDone?.(context);
      const isApp = context.learned(findings).found?.owner === "ota";
      const option = isApp ? `--allow ${overwriteOtaApp.id}` : "--romfs write";
      context.note(text`To overwrite the ${place.region}, add: ${option}`);
      return {
        claim: text`The ${place.region} was kept (${kept}).`,
        evidence: "device-check",
        address: place.address,
        kept,
      };
    },
  };
}

/**
 * Looks until two looks in a row agree: a wrong answer would lose the user's file system, or keep half
 * a one.
 */
async function lookTwice(look: () => Promise<RomfsOwner>, region: Words): Promise<RomfsOwner> {
  let last = await look();
  for (let looks = 1; looks < MOST_LOOKS; looks++) {
    const next = await look();
    if (isDeepStrictEqual(next, last)) return next;
    last = next;
  }
  throw new UnbrickError("verify-failed", text`The ${region} reads differently each time.`);
}

/** Nothing is done; the record says why. */
function untouchedStep({ id }: Step, { region }: RomfsPlace): Step {
  const claim = text`The ${region} was kept, as you asked with --romfs keep.`;
  return {
    id,
    title: text`Keep the ${region}`,
    weight: 1,
    effect: "none",
    isDone: () => Promise.resolve({ claim, evidence: "device-check" }),
    run: () => Promise.resolve(),
  };
}

function otaApp(region: Words): UnbrickError {
  return new UnbrickError(
    "consent-needed",
    text`The ${region} of this camera contains an application of openmv-ota, which would be lost.`,
    { consent: overwriteOtaApp.id },
  );
}
