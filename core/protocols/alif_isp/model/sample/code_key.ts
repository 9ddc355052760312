import { builtin } from "../../../../common/builtin.ts";
import { bytes, struct, u32be } from "../../../../common/struct.ts";
import { concat, sha256Bytes } from "../../packets/bytes.ts";

/** A sample key for the firmware of simulated enclaves; no real chip has it. */
const sampleKey = () =>
  sha256Bytes(new TextEncoder().encode("unbrick: simulated enclave")).subarray(0, 16);

/** The start of the counter. */
const Counter = struct("counter", { nonce: bytes(8), loadAddress: u32be }, 16);

/**
 * Encrypts and decrypts: AES-128 in counter mode, which is its own inverse. The counter starts with
 * the nonce, the load address (big-endian) and zeros (alif-isp.md C.7).
 */
export function sampleCipher(
  data: Uint8Array,
  { nonce, loadAddress }: { readonly nonce: Uint8Array; readonly loadAddress: number },
): Uint8Array {
  const counter = Counter.encode({ nonce, loadAddress });
  const cipher = builtin.crypto.createCipheriv("aes-128-ctr", sampleKey(), counter);
  return concat(cipher.update(data), cipher.final());
}
