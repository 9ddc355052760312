import type { KeyObject } from "node:crypto";
import { join } from "node:path";
import { UnbrickError } from "../../common/errors.ts";
import type { Candidate } from "../../image/choose_set.ts";
import { readFile } from "../../image/files.ts";
import { hasManifest } from "../../image/manifest_set.ts";
import { SetStore } from "../../image/set_store.ts";
import { type PublicKey, readPrivateKey, readPublicKey } from "../../image/signature.ts";
import type { CommonOptions } from "../arguments/common_options.ts";
import type { Session } from "../session.ts";
import { text } from "../../common/text.ts";

/** Name of the set inside the program. */
export const bundledName = "bundled";

/** The sets that may be used if none is named. */
export interface ImageSets {
  /** Newest first. */
  readonly imported: readonly Candidate[];
  /** The real images of a release build. */
  readonly real?: Candidate;
  /** Images for simulated cameras. */
  readonly bundled?: Candidate;
  /** Imported sets with an unreadable manifest. */
  readonly broken: readonly { readonly name: string; readonly error: UnbrickError }[];
  /** Older sets of the same name that are still stored but not used. */
  readonly replaced: readonly { readonly name: string; readonly folder: string }[];
}

export function imageSets(session: Pick<Session, "context">): ImageSets {
  const store = storeOf(session);
  const stored = store?.sets() ?? [];
  const bundled = session.context.bundledImages();
  const real = session.context.realImages?.();
  return {
    imported: stored.flatMap(({ name, pack }) =>
      hasManifest(pack) ? [{ name, isBundled: false, pack }] : []
    ),
    ...(real && {
      real: { name: real.manifest.name ?? bundledName, isBundled: true, pack: real },
    }),
    ...(bundled && { bundled: { name: bundledName, isBundled: true, pack: bundled } }),
    broken: stored.flatMap(({ name, pack }) =>
      pack instanceof UnbrickError ? [{ name, error: pack }] : []
    ),
    replaced: store?.replaced() ?? [],
  };
}

/** Returns all sets, imported ones first. */
export function allSets(sets: ImageSets): Candidate[] {
  return [...setsForCameras(sets), ...(sets.bundled ? [sets.bundled] : [])];
}

/** Returns the sets that may be for real cameras, imported ones first. */
export function setsForCameras({ imported, real }: ImageSets): Candidate[] {
  return [...imported, ...(real ? [real] : [])];
}

/** True for a name that no imported set may have: that of a set inside the program. */
export function isBundledName(name: string): boolean {
  return /^bundled(-|$)/i.test(name);
}

/** Returns the store of the user's imported sets; undefined if there is no folder for it. */
export function storeOf({ context }: Pick<Session, "context">): SetStore | undefined {
  const folder = context.dataFolder?.();
  return folder === undefined ? undefined : new SetStore(join(folder, "images"));
}

/** Largest accepted key file, bytes: a PEM of an Ed25519 key has about 120. */
const largestKey = 10_000;

/**
 * Returns the key that sets must be signed with: from `--public-key`, otherwise the built-in one.
 * @throws UnbrickError `not-found`, `bad-image`
 */
export function pinnedKey(
  { context, options }: Pick<Session, "context"> & {
    readonly options: Pick<CommonOptions, "publicKey">;
  },
): PublicKey | undefined {
  if (options.publicKey !== undefined) {
    return readPublicKey(readFile(options.publicKey, largestKey), options.publicKey);
  }
  const builtIn = context.pinnedKey?.();
  return builtIn && readPublicKey(builtIn, text`the key built into unbrick`);
}

/** Reads a private key for signing. @throws UnbrickError `not-found`, `bad-image` */
export function signingKey(path: string): KeyObject {
  return readPrivateKey(readFile(path, largestKey), path);
}
