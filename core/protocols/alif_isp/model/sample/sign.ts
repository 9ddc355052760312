import { concat, padded, sha256Bytes } from "../../packets/bytes.ts";
import {
  contentCertificate,
  type ImageClaim,
  type Signer,
} from "../../packets/build_certificate.ts";
import { KeyBytes } from "../../packets/certificate.ts";
import { bigEndian, publicKeyBytes } from "../../packets/signature.ts";
import { type SampleKey, sampleKeys, type SampleRoot } from "./keys.ts";

/** Makes certificates for simulated cameras; the same input gives the same bytes. */

/** Bytes of a signature, and of what the numbers in a certificate have beside it. */
const SIZE = 384, HASH = 32;
const EXPONENT = 65_537n;

/** Signs with RSA-PSS, SHA-256 and 32 bytes of salt, which are derived from the message. */
export function signPss(message: Uint8Array, key: SampleKey): Uint8Array {
  const hash = sha256Bytes(message);
  const salt = sha256Bytes(concat(hash, padded("salt", 4)));
  const digest = sha256Bytes(concat(new Uint8Array(8), hash, salt));
  const block = new Uint8Array(SIZE - HASH - 1);
  block[block.length - HASH - 1] = 1;
  block.set(salt, block.length - HASH);
  const generated = mask(digest, block.length);
  const masked = block.map((byte, at) => byte ^ generated[at]);
  masked[0] &= 0x7F;
  const encoded = concat(masked, digest, Uint8Array.of(0xBC));
  return bigEndian(rsa(BigInt(`0x${encoded.toHex()}`), key), SIZE);
}

function mask(seed: Uint8Array, length: number): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let counter = 0; counter * HASH < length; counter++) {
    parts.push(sha256Bytes(concat(seed, Uint8Array.of(0, 0, 0, counter))));
  }
  return concat(...parts).subarray(0, length);
}

/** Does the private operation with the Chinese remainder theorem. */
function rsa(value: bigint, { p, q }: SampleKey): bigint {
  const part = (prime: bigint) => power(value % prime, inverse(EXPONENT, prime - 1n), prime);
  const atP = part(p), atQ = part(q);
  const factor = (((atP - atQ) % p + p) % p) * inverse(q % p, p) % p;
  return atQ + factor * q;
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  for (let bits = exponent, square = base; bits > 0n; bits >>= 1n) {
    if (bits & 1n) result = result * square % modulus;
    square = square * square % modulus;
  }
  return result;
}

function inverse(value: bigint, modulus: bigint): bigint {
  let [a, b, x, y] = [value % modulus, modulus, 1n, 0n];
  while (b > 0n) [a, b, x, y] = [b, a % b, y, x - a / b * y];
  return (x + modulus) % modulus;
}

const publicKeys = new Map<SampleRoot, Uint8Array>();

/** Returns modulus and reduction constant. */
export function publicKeyOf(root: SampleRoot): Uint8Array {
  let bytes = publicKeys.get(root);
  if (!bytes) {
    const { p, q } = sampleKeys[root];
    publicKeys.set(root, bytes = publicKeyBytes(p * q));
  }
  return bytes;
}

/** Returns what a simulated chip with this root key reports as HBK0. */
export function rootHash(root: SampleRoot): Uint8Array {
  return sha256Bytes(publicKeyOf(root)).subarray(0, 16);
}

export function sampleSigner(root: SampleRoot): Signer {
  return {
    publicKey: publicKeyOf(root),
    sign: (message) => signPss(message, sampleKeys[root]),
  };
}

function keyCertificate(next: SampleRoot, root: SampleRoot): Uint8Array {
  const end = KeyBytes.offsets.signature;
  const fields = {
    version: 0x0001_0000,
    signedWords: end / 4,
    rootId: 0,
    publicKey: publicKeyOf(root),
    nextKeyHash: sha256Bytes(publicKeyOf(next)),
    signature: new Uint8Array(SIZE),
  };
  const signed = KeyBytes.encode(fields).subarray(0, end);
  return KeyBytes.encode({ ...fields, signature: signPss(signed, sampleKeys[root]).toReversed() });
}

/** Returns 2560 bytes: two key certificates and a content certificate, all of one key. */
export function certificateChain(claim: ImageClaim, root: SampleRoot): Uint8Array {
  const key = keyCertificate(root, root);
  return concat(key, key, contentCertificate(claim, sampleSigner(root)));
}
