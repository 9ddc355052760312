import { concat, sha256Bytes, u32 } from "./bytes.ts";
import { CONTENT_CERTIFICATE_SLOT, CONTENT_TOKEN, MANAGED } from "./certificate.ts";
import { ENCLAVE_VIEW } from "./memory_map.ts";

/** A key that signs: its public part as certificates hold it, and what it does. */
export interface Signer {
  /** 404 bytes: modulus and reduction constant. */
  readonly publicKey: Uint8Array;
  /** RSA-PSS with SHA-256 and 32 bytes of salt; 384 bytes as OpenSSL has them. */
  sign(message: Uint8Array): Uint8Array;
}

/** A content certificate, filled up to 880 bytes (alif-isp.md C.7). */
export function contentCertificate(
  image: Uint8Array,
  storeAddress: number,
  signer: Signer,
): Uint8Array {
  const hash = sha256Bytes(image);
  const signed = concat(
    u32(CONTENT_TOKEN, 0x0001_0000, 0x77, 0x0001_010F),
    signer.publicKey,
    u32(0),
    hash.subarray(0, 8), // a nonce
    hash,
    // The largest size: the decimal digits of the size, taken for hexadecimal ones.
    u32(0xFFFF_FFFF, parseInt(`${image.length}`, 16), 0),
  );
  const slot = new Uint8Array(CONTENT_CERTIFICATE_SLOT);
  slot.set(concat(signed, signer.sign(signed).toReversed()));
  const store = storeAddress === MANAGED ? MANAGED : storeAddress + ENCLAVE_VIEW;
  slot.set(u32(store, image.length), 860);
  return slot;
}
