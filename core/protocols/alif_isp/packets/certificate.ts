import { constants, createPublicKey, type KeyObject, verify } from "node:crypto";
import { concat, sha256Bytes, viewOf } from "./bytes.ts";
import { ENCLAVE_VIEW } from "./memory_map.ts";

/** Certificates of the Secure Enclave (alif-isp.md C.7): sizes in bytes, words little-endian. */

export const CONTENT_CERTIFICATE_SIZE = 868;
export const KEY_CERTIFICATE_SIZE = 840;
/** A content certificate in a package is filled up to whole lines. */
export const CONTENT_CERTIFICATE_SLOT = 880;
/** Two key certificates, a content certificate and 12 zeros. */
export const CHAIN_SIZE = 2 * KEY_CERTIFICATE_SIZE + CONTENT_CERTIFICATE_SLOT;

/** `ccBS`, `ckBS`: first word. */
export const CONTENT_TOKEN = 0x5342_6363;
export const KEY_TOKEN = 0x5342_6B63;
/** Bytes of an RSA-3072 number, and of the reduction constant that goes with it. */
export const KEY_SIZE = 384;
export const NP_SIZE = 20;
const SIGNATURE_SIZE = 384;
/** Address of an object that stands behind its certificate, wherever that is. */
export const MANAGED = 0xFFFF_FFFF;
/** Where the signed part of each kind ends. */
export const CONTENT_SIGNED = 476;
export const KEY_SIGNED = 456;

interface Signed {
  /** Modulus (384 bytes, big-endian) and its reduction constant (20 bytes). */
  readonly publicKey: Uint8Array;
  readonly signed: Uint8Array;
  /** As OpenSSL has it: the certificate holds it backwards. */
  readonly signature: Uint8Array;
}

/** Vouches for an image. */
export interface ContentCertificate extends Signed {
  readonly hash: Uint8Array;
  /** Where the image must stand, as applications see it; the certificate holds the enclave's view. */
  readonly storeAddress: number;
  readonly imageSize: number;
}

/** Vouches for the key of the next certificate. */
export interface KeyCertificate extends Signed {
  readonly nextKeyHash: Uint8Array;
}

/** Undefined if there is none at `offset`. */
export function contentCertificateAt(
  bytes: Uint8Array,
  offset: number,
): ContentCertificate | undefined {
  if (offset < 0 || offset + CONTENT_CERTIFICATE_SIZE > bytes.length) return undefined;
  const part = bytes.subarray(offset, offset + CONTENT_CERTIFICATE_SIZE);
  const view = viewOf(part);
  if (view.getUint32(0, true) !== CONTENT_TOKEN) return undefined;
  const store = view.getUint32(860, true);
  return {
    ...signedPart(part, CONTENT_SIGNED),
    hash: part.subarray(432, 464),
    storeAddress: store === MANAGED ? store : (store - ENCLAVE_VIEW) >>> 0,
    imageSize: view.getUint32(864, true),
  };
}

export function keyCertificateAt(bytes: Uint8Array, offset: number): KeyCertificate | undefined {
  if (offset < 0 || offset + KEY_CERTIFICATE_SIZE > bytes.length) return undefined;
  const part = bytes.subarray(offset, offset + KEY_CERTIFICATE_SIZE);
  if (viewOf(part).getUint32(0, true) !== KEY_TOKEN) return undefined;
  return { ...signedPart(part, KEY_SIGNED), nextKeyHash: part.subarray(424, 456) };
}

function signedPart(part: Uint8Array, end: number): Signed {
  return {
    publicKey: part.subarray(16, 16 + KEY_SIZE + NP_SIZE),
    signed: part.subarray(0, end),
    signature: part.slice(end, end + SIGNATURE_SIZE).reverse(),
  };
}

/** Answers by the hash of what was asked; a simulated chip asks the same at each of its starts. */
const judged = new Map<string, boolean>();
const MOST_JUDGED = 256;

/** RSA-3072 PSS with SHA-256 and a salt of 32 bytes, exponent 65537. */
export function isSignatureValid({ publicKey, signed, signature }: Signed): boolean {
  const question = sha256Bytes(concat(publicKey, signed, signature)).toHex();
  let answer = judged.get(question);
  if (answer === undefined) {
    if (judged.size >= MOST_JUDGED) judged.clear();
    judged.set(question, answer = verifies({ publicKey, signed, signature }));
  }
  return answer;
}

function verifies({ publicKey, signed, signature }: Signed): boolean {
  const options = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
  try {
    return verify("sha256", signed, { key: keyOf(publicKey), ...options }, signature);
  } catch {
    return false; // a modulus that is no key
  }
}

function keyOf(publicKey: Uint8Array): KeyObject {
  const n = publicKey.subarray(0, KEY_SIZE).toBase64({ alphabet: "base64url", omitPadding: true });
  return createPublicKey({ key: { kty: "RSA", n, e: "AQAB" }, format: "jwk" });
}

/** Two key certificates and a content certificate, as a `.sign` file and each system object has them. */
export interface Chain {
  /** First 16 bytes of the hash of the root key: what a chip reports as HBK0 (alif-isp.md 0.9). */
  readonly root: Uint8Array;
  readonly content: ContentCertificate;
  /** Each signature is right and each key is the one that the certificate before vouches for. */
  readonly isValid: boolean;
}

/** Undefined if three certificates do not stand at `offset`. */
export function chainAt(bytes: Uint8Array, offset: number): Chain | undefined {
  const first = keyCertificateAt(bytes, offset);
  const second = keyCertificateAt(bytes, offset + KEY_CERTIFICATE_SIZE);
  const content = contentCertificateAt(bytes, offset + 2 * KEY_CERTIFICATE_SIZE);
  if (!first || !second || !content) return undefined;
  const isNext = (certificate: KeyCertificate, next: Signed) =>
    viewEqual(certificate.nextKeyHash, sha256Bytes(next.publicKey));
  return {
    root: sha256Bytes(first.publicKey).subarray(0, 16),
    content,
    isValid: isNext(first, second) && isNext(second, content) &&
      [first, second, content].every(isSignatureValid),
  };
}

function viewEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.every((byte, at) => byte === b[at]);
}

/** The two parts of a public key one behind the other; the constant is floor(2^3143 / N). */
export function publicKeyBytes(modulus: bigint): Uint8Array {
  return concat(bigEndian(modulus, KEY_SIZE), bigEndian((1n << 3143n) / modulus, NP_SIZE));
}

export function bigEndian(value: bigint, size: number): Uint8Array {
  return Uint8Array.fromHex(value.toString(16).padStart(2 * size, "0").slice(-2 * size));
}
