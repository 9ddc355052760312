import { isKind, UnbrickError } from "../common/errors.ts";
import { byteCount } from "../common/format.ts";
import { text, type Words } from "../common/text.ts";
import type { WholeFile } from "../image/image.ts";
import type { Proof } from "./proof.ts";
import type { OnRead } from "./read_back.ts";
import type { StepContext } from "./step_context.ts";
import type { Target } from "./step.ts";

/** Reads memory of the camera; hands over all that came. */
export type ReadMemory = (onRead: OnRead) => Promise<void>;

/**
 * Reads back what the plan says, and returns the proof that it is there.
 * @param targets with their digests
 * @param claim default: that the first target matches its image
 * @throws UnbrickError `verify-failed` if what came is something else
 */
export async function readBackProof(
  context: StepContext,
  targets: readonly Target[],
  read: ReadMemory,
  claim: Words = matches(targets[0]),
): Promise<Proof> {
  const proof = (await context.readBack(targets, read)).proof(claim, targets[0].file);
  const different = targets.find((target) => !isAsPlanned(target, proof));
  if (!different) return proof;
  throw new UnbrickError(
    "verify-failed",
    text`The ${different.region} that was read back differs from what was written.`,
    { address: different.address },
  );
}

/** As readBackProof. Returns undefined where the memory holds something else. */
export async function readBackProofIfEqual(
  ...all: Parameters<typeof readBackProof>
): Promise<Proof | undefined> {
  try {
    return await readBackProof(...all);
  } catch (error) {
    if (isKind(error, "verify-failed")) return undefined;
    throw error;
  }
}

/** Returns true if the proof is about exactly this target, and the digest is the plan's. */
export function isAsPlanned(target: Target, proof: Proof): boolean {
  return [proof, ...proof.others ?? []].some(({ address, bytes, sha256 }) =>
    address === target.address && bytes === target.length &&
    (target.sha256 === undefined || sha256 === target.sha256)
  );
}

/** Returns "The bootloader matches bootloader.bin (131072 bytes)." */
function matches({ region, image = "", length, file }: Target): Words {
  return text`The ${region} matches ${image} (${sizeInWords(length, file)}).`;
}

/** Returns `131072 bytes`, or how many bytes of the file the image contains. */
export function sizeInWords(length: number, file?: WholeFile): Words {
  return file === undefined
    ? text`${byteCount(length)}`
    : text`${length} of the file's ${byteCount(file.bytes)}`;
}
