import { isEqual } from "../../../common/bytes.ts";
import { sha256Bytes } from "./bytes.ts";
import {
  CONTENT_CERTIFICATE_SLOT,
  type ContentCertificate,
  contentCertificateAt,
  KeyBytes,
  type KeyCertificate,
  keyCertificateAt,
} from "./certificate.ts";
import { isSignatureValid, type Signed } from "./signature.ts";

/**
 * The certificates before an object: a content certificate and, for a signed object, two key
 * certificates.
 */
export interface Chain {
  /** Empty for an unsigned object. */
  readonly keys: readonly KeyCertificate[];
  readonly content: ContentCertificate;
  /** Bytes of all of it, padding included: 2560, or 880 without key certificates. */
  readonly size: number;
}

/** Bytes of two key certificates, a content certificate and 12 zeros: a `.sign` file. */
export const CHAIN_SIZE = 2 * KeyBytes.size + CONTENT_CERTIFICATE_SLOT;

/** Returns the certificates at `offset`; undefined if there are none. */
export function chainAt(bytes: Uint8Array, offset: number): Chain | undefined {
  const first = keyCertificateAt(bytes, offset);
  const second = first && keyCertificateAt(bytes, offset + KeyBytes.size);
  const keys = first && second ? [first, second] : [];
  const contentOffset = keys.length * KeyBytes.size;
  const content = contentCertificateAt(bytes, offset + contentOffset);
  return content && { keys, content, size: contentOffset + CONTENT_CERTIFICATE_SLOT };
}

/** Returns true if each signature is valid and each key is the one in the previous certificate. */
export function isChainValid({ keys, content }: Chain): boolean {
  const all: readonly Signed[] = [...keys, content];
  return keys.every(({ nextKeyHash }, at) =>
    isEqual(nextKeyHash, sha256Bytes(all[at + 1].publicKey))
  ) && all.every(isSignatureValid);
}

/**
 * Returns the first 16 bytes of the root key's hash, which a chip reports as HBK0 or HBK1
 * (alif-isp.md 0.9); undefined for an unsigned object.
 */
export function rootOf({ keys: [root] }: Chain): Uint8Array | undefined {
  return root && keyHash(root).subarray(0, 16);
}

/** Returns the SHA-256 of the key that a certificate is signed with. */
export function keyHash({ publicKey }: Pick<Signed, "publicKey">): Uint8Array {
  return sha256Bytes(publicKey);
}
