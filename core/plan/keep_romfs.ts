import { UnbrickError } from "../common/errors.ts";
import { byteSize } from "../common/format.ts";
import { plural, text, type Words } from "../common/text.ts";
import type { JobOptions } from "../family/family.ts";
import type { ReadAt } from "../image/romfs.ts";
import { type RomfsOwner, romfsOwner } from "../image/romfs_owner.ts";
import { overwriteOtaApp, overwriteRomfs } from "./consents.ts";
import type { Keeping, Step } from "./step.ts";
import type { StepContext } from "./step_context.ts";

/** A ROMFS may be the user's own: what decides whether it is written. */

/** Where a camera has a ROMFS. */
export interface RomfsPlace {
  /** Name for people: "ROMFS". */
  readonly region: Words;
  readonly address: number;
  /** Size in bytes. */
  readonly size: number;
  /** Reads it, offsets counting from its start; undefined while the camera cannot be asked. */
  reader(context: StepContext): Promise<ReadAt | undefined>;
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

  async function keeping(context: StepContext): Promise<Keeping | undefined> {
    const known = context.learned(findings);
    if (!known.found) {
      const readAt = await place.reader(context);
      if (!readAt) return "undecided";
      known.found = await romfsOwner(readAt, place.size, knownRomfs);
    }
    const { found } = known;
    if (found.owner === "ota" && !allow.includes(overwriteOtaApp.id)) {
      if (mode === "write") throw otaApp(place.region);
      return { kept: text`it contains an application of openmv-ota` };
    }
    if (found.owner !== "user" || mode === "write" || allow.includes(overwriteRomfs.id)) {
      return undefined;
    }
    const { files, size } = found.romfs;
    const count = plural(files.length, text`${files.length} file`, text`${files.length} files`);
    return {
      kept: text`it contains another file system than the known ones (${count}, ${byteSize(size)})`,
    };
  }

  return {
    ...write,
    keeping,
    async isDone(context) {
      const found = await keeping(context);
      if (!found || found === "undecided") return await write.isDone?.(context);
      const isApp = context.learned(findings).found?.owner === "ota";
      context.note(
        text`The ${place.region} was kept: ${found.kept}. To overwrite it, add: ${
          isApp ? `--allow ${overwriteOtaApp.id}` : "--romfs write"
        }`,
      );
      return {
        claim: text`The ${place.region} was kept: ${found.kept}.`,
        evidence: "read-back",
        address: place.address,
        kept: found.kept,
      };
    },
  };
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
