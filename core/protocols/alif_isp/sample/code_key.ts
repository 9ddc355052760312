import { createCipheriv } from "node:crypto";
import { concat, sha256Bytes } from "../packets/bytes.ts";

/** A made-up key for the firmware of simulated enclaves; no real chip has it. */
const key = sha256Bytes(new TextEncoder().encode("unbrick: simulated enclave")).subarray(0, 16);

/**
 * Encrypts and decrypts: AES-128 in counter mode, which is its own inverse. The counter starts with
 * the nonce, the load address (big-endian) and zeros (alif-isp.md C.7).
 */
export function sampleCipher(
  bytes: Uint8Array,
  { nonce, loadAddress }: { readonly nonce: Uint8Array; readonly loadAddress: number },
): Uint8Array {
  const counter = new Uint8Array(16);
  counter.set(nonce);
  new DataView(counter.buffer).setUint32(8, loadAddress);
  const cipher = createCipheriv("aes-128-ctr", key, counter);
  return concat(cipher.update(bytes), cipher.final());
}
