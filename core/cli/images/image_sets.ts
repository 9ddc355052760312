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

/** The set inside the program is called so. */
export const bundledName = "bundled";

/** Every set that may be used when none is named. */
export interface ImageSets {
  /** The newest first. */
  readonly imported: readonly Candidate[];
  readonly bundled?: Candidate;
  /** Imported sets whose manifest cannot be understood. */
  readonly broken: readonly { readonly name: string; readonly error: UnbrickError }[];
  /** Older ones of the same name that are still in their folders, and not used. */
  readonly replaced: readonly { readonly name: string; readonly folder: string }[];
}

export function imageSets(session: Pick<Session, "context">): ImageSets {
  const store = storeOf(session);
  const stored = store?.sets() ?? [];
  const bundled = session.context.bundledImages();
  return {
    imported: stored.flatMap(({ name, pack }) =>
      hasManifest(pack) ? [{ name, isBundled: false, pack }] : []
    ),
    ...(bundled && { bundled: { name: bundledName, isBundled: true, pack: bundled } }),
    broken: stored.flatMap(({ name, pack }) =>
      pack instanceof UnbrickError ? [{ name, error: pack }] : []
    ),
    replaced: store?.replaced() ?? [],
  };
}

/** All sets, imported ones first. */
export function allSets({ imported, bundled }: ImageSets): Candidate[] {
  return [...imported, ...(bundled ? [bundled] : [])];
}

/** The user's imported sets; undefined where there is no place for them. */
export function storeOf({ context }: Pick<Session, "context">): SetStore | undefined {
  const folder = context.dataFolder?.();
  return folder === undefined ? undefined : new SetStore(join(folder, "images"));
}

/** Largest key file looked at, bytes: a PEM of an Ed25519 key has about 120. */
const largestKey = 10_000;

/**
 * The key that sets must be signed with: of `--public-key`, else the one built in.
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

/** A private key, for signing. @throws UnbrickError `not-found`, `bad-image` */
export function signingKey(path: string): KeyObject {
  return readPrivateKey(readFile(path, largestKey), path);
}
