import type { KeyObject } from "node:crypto";
import { builtin } from "../../../common/builtin.ts";
import { concat, sha256Bytes } from "./bytes.ts";

/** RSA-3072 signatures as the Secure Enclave's certificates contain them (alif-isp.md C.7). */

/** Sizes in bytes: modulus, the reduction constant after it, and a signature. */
export const KEY_SIZE = 384;
export const NP_SIZE = 20;
export const SIGNATURE_SIZE = 384;

/** The signed part of a certificate, with its key and its signature. */
export interface Signed {
  /** Modulus (384 bytes, big-endian) and its reduction constant (20 bytes). */
  readonly publicKey: Uint8Array;
  readonly signed: Uint8Array;
  /** In OpenSSL's byte order: the certificate contains it reversed. */
  readonly signature: Uint8Array;
}

/** Cached results by hash of the input; a simulated chip checks the same at each start. */
const answers = new Map<string, boolean>();
const MOST_ANSWERS = 256;

/** Returns true if an RSA-PSS signature (SHA-256, 32 bytes of salt, exponent 65537) is valid. */
export function isSignatureValid(one: Signed): boolean {
  const question = sha256Bytes(concat(one.publicKey, one.signed, one.signature)).toHex();
  let answer = answers.get(question);
  if (answer === undefined) {
    if (answers.size >= MOST_ANSWERS) answers.clear();
    answers.set(question, answer = verifies(one));
  }
  return answer;
}

function verifies({ publicKey, signed, signature }: Signed): boolean {
  const options = { padding: builtin.crypto.constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
  try {
    return builtin.crypto.verify(
      "sha256",
      signed,
      { key: keyOf(publicKey), ...options },
      signature,
    );
  } catch {
    return false; // the modulus is not a key
  }
}

function keyOf(publicKey: Uint8Array): KeyObject {
  const n = publicKey.subarray(0, KEY_SIZE).toBase64({ alphabet: "base64url", omitPadding: true });
  return builtin.crypto.createPublicKey({ key: { kty: "RSA", n, e: "AQAB" }, format: "jwk" });
}

/** Returns the 404 bytes of a public key: the modulus, then floor(2^3143 / modulus). */
export function publicKeyBytes(modulus: bigint): Uint8Array {
  return concat(bigEndian(modulus, KEY_SIZE), bigEndian((1n << 3143n) / modulus, NP_SIZE));
}

export function bigEndian(value: bigint, size: number): Uint8Array {
  return Uint8Array.fromHex(value.toString(16).padStart(2 * size, "0").slice(-2 * size));
}
