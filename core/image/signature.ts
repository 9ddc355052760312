import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import { UnbrickError } from "../common/errors.ts";
import { badImage } from "./bad_image.ts";
import { sha256 } from "../common/sha256.ts";
import type { ManifestSet } from "./manifest_set.ts";
import { text, type Words } from "../common/text.ts";

/** Ed25519 signatures over the manifest of a set, which binds every file by its hash. */

/** Bytes of a signature (RFC 8032). */
const signatureSize = 64;

/** A public key that sets must be signed with. */
export interface PublicKey {
  /** First 16 hexadecimal digits of the SHA-256 of the key (SubjectPublicKeyInfo, DER). */
  readonly id: string;
  readonly key: KeyObject;
}

/** @param file Name for messages. @throws UnbrickError `bad-image` if it is no Ed25519 public key in PEM. */
export function readPublicKey(pem: Uint8Array, file: Words): PublicKey {
  return publicKeyOf(readKey(pem, file, "public"));
}

/** @param file Name for messages. @throws UnbrickError `bad-image` if it is no Ed25519 private key in PEM. */
export function readPrivateKey(pem: Uint8Array, file: Words): KeyObject {
  return readKey(pem, file, "private");
}

function readKey(pem: Uint8Array, file: Words, kind: "public" | "private"): KeyObject {
  const key = parseKey(new TextDecoder().decode(pem), kind);
  if (key?.asymmetricKeyType !== "ed25519") {
    throw badImage(file, text`it is not an Ed25519 ${kind} key in PEM format`, {}, { key: true });
  }
  return key;
}

function parseKey(source: string, kind: "public" | "private"): KeyObject | undefined {
  // A public key could be made of a private one: whoever pins must not hand out the private one.
  if (!source.includes(`-----BEGIN ${kind.toUpperCase()} KEY-----`)) return undefined;
  try {
    return kind === "public" ? createPublicKey(source) : createPrivateKey(source);
  } catch {
    return undefined;
  }
}

/** The public half of a private key, or the key itself. */
export function publicKeyOf(key: KeyObject): PublicKey {
  const own = key.type === "private" ? createPublicKey(key) : key;
  const der = own.export({ type: "spki", format: "der" });
  return { id: sha256(der).slice(0, 16), key: own };
}

/** @returns 64 bytes */
export function signManifest(manifest: Uint8Array, key: KeyObject): Uint8Array {
  return new Uint8Array(sign(null, manifest, key));
}

/** What a set's signature is worth. */
export type Trust =
  /** Not signed. */
  | "unsigned"
  /** Signed; no key is pinned, so nobody knows by whom. */
  | "unchecked"
  /** Signed with the pinned key. */
  | "signed"
  /** A key is pinned, and the signature is missing or not made with it over this manifest. */
  | "refused";

/** What the signature of a set is worth, with the pinned key or without one. */
export function trustIn(
  { manifestBytes, signature }: Pick<ManifestSet, "manifestBytes" | "signature">,
  pinned: PublicKey | undefined,
): Trust {
  if (!pinned) return signature ? "unchecked" : "unsigned";
  const isSigned = signature?.length === signatureSize &&
    verify(null, manifestBytes, pinned.key, signature);
  return isSigned ? "signed" : "refused";
}

/** The refusal of a set that is not signed with the pinned key. */
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

/** @throws UnbrickError `bad-image` if a key is pinned and the set is not signed with it. */
export function refuseUntrusted(
  pack: Pick<ManifestSet, "manifestBytes" | "signature"> | undefined,
  name: Words,
  pinned: PublicKey | undefined,
): void {
  if (!pinned || pack && trustIn(pack, pinned) === "signed") return;
  throw untrusted(name, pack?.signature !== undefined, pinned);
}
