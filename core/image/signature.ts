import type { KeyObject } from "node:crypto";
import { builtin } from "../common/builtin.ts";
import { UnbrickError } from "../common/errors.ts";
import { badImage } from "./bad_image.ts";
import { sha256 } from "../common/sha256.ts";
import type { ManifestSet } from "./manifest_set.ts";
import { text, type Words } from "../common/text.ts";

/** Ed25519 signatures over the manifest of a set, which contains the hash of every file. */

/** Bytes of a signature (RFC 8032). */
const signatureSize = 64;

/** A public key that sets must be signed with. */
export interface PublicKey {
  /** First 16 hexadecimal digits of the SHA-256 of the key (SubjectPublicKeyInfo, DER). */
  readonly id: string;
  readonly key: KeyObject;
}

/**
 * Reads a public key. @param file Name for messages. @throws UnbrickError `bad-image` if it is not
 * an Ed25519 public key in PEM.
 */
export function readPublicKey(pem: Uint8Array, file: Words): PublicKey {
  return publicKeyOf(readKey(pem, file, "public"));
}

/**
 * Reads a private key. @param file Name for messages. @throws UnbrickError `bad-image` if it is not
 * an Ed25519 private key in PEM.
 */
export function readPrivateKey(pem: Uint8Array, file: Words): KeyObject {
  return readKey(pem, file, "private");
}

function readKey(pem: Uint8Array, file: Words, kind: "public" | "private"): KeyObject {
  const source = new TextDecoder().decode(pem);
  const key = parseKey(source, kind);
  if (key?.asymmetricKeyType === "ed25519") return key;
  const isEncrypted = /BEGIN ENCRYPTED |^Proc-Type: .*ENCRYPTED/m.test(source);
  if (kind === "private" && isEncrypted) {
    const reason = text`it has a passphrase, and nobody can be asked for it`;
    throw badImage(file, reason, {}, { key: "encrypted" });
  }
  const isOther = parseKey(source, kind === "private" ? "public" : "private") !== undefined;
  const reason = !isOther
    ? text`it is not an Ed25519 ${kind} key in PEM format`
    : kind === "private"
    ? text`it is a public key, and the private one is needed`
    : text`it is a private key, and the public one is needed`;
  throw badImage(file, reason, {}, { key: true });
}

function parseKey(source: string, kind: "public" | "private"): KeyObject | undefined {
  // Node would derive a public key from a private one, but nobody should distribute the private
  // one.
  if (!source.includes(`-----BEGIN ${kind.toUpperCase()} KEY-----`)) return undefined;
  try {
    return kind === "public"
      ? builtin.crypto.createPublicKey(source)
      : builtin.crypto.createPrivateKey(source);
  } catch {
    return undefined;
  }
}

/** Returns the public half of a private key, or the key itself. */
export function publicKeyOf(key: KeyObject): PublicKey {
  const own = key.type === "private" ? builtin.crypto.createPublicKey(key) : key;
  const der = own.export({ type: "spki", format: "der" });
  return { id: sha256(der).slice(0, 16), key: own };
}

/** @returns 64 bytes */
export function signManifest(manifest: Uint8Array, key: KeyObject): Uint8Array {
  return new Uint8Array(builtin.crypto.sign(null, manifest, key));
}

/** Result of checking a set's signature. */
export type Trust =
  /** Not signed. */
  | "unsigned"
  /** Signed, but no key is pinned, so the signer is unknown. */
  | "unchecked"
  /** Signed with the pinned key. */
  | "signed"
  /** A key is pinned, and its signature over this manifest is missing or wrong. */
  | "refused";

/** Checks the signature of a set with the pinned key, if there is one. */
export function trustIn(
  { manifestBytes, signature }: Pick<ManifestSet, "manifestBytes" | "signature">,
  pinned: PublicKey | undefined,
): Trust {
  if (!pinned) return signature ? "unchecked" : "unsigned";
  const isSigned = signature?.length === signatureSize &&
    builtin.crypto.verify(null, manifestBytes, pinned.key, signature);
  return isSigned ? "signed" : "refused";
}

/** Returns the error that refuses a set without the pinned key's signature. */
export function untrusted(name: Words, isSigned: boolean, pinned: PublicKey): UnbrickError {
  return new UnbrickError(
    "bad-image",
    isSigned
      ? text`The signature of ${name} was not made with the pinned key ${pinned.id} for this
        manifest.`
      : text`${name} is not signed, and only sets signed with the pinned key ${pinned.id} are used.`,
    { set: String(name), pinnedKey: pinned.id, signed: isSigned },
  );
}

/** Refuses a set without the pinned key's signature. @throws UnbrickError `bad-image` */
export function refuseUntrusted(
  pack: Pick<ManifestSet, "manifestBytes" | "signature"> | undefined,
  name: Words,
  pinned: PublicKey | undefined,
): void {
  if (!pinned || pack && trustIn(pack, pinned) === "signed") return;
  throw untrusted(name, pack?.signature !== undefined, pinned);
}
