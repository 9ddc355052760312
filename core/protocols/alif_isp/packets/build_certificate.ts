import { sha256Bytes } from "./bytes.ts";
import {
  CodeKeyId,
  CONTENT_CERTIFICATE_SLOT,
  ContentBytes,
  contentFlags,
  NOT_LOADED,
  Scheme,
} from "./certificate.ts";
import { ENCLAVE_VIEW } from "./memory_map.ts";
import { SIGNATURE_SIZE } from "./signature.ts";

/** A key that signs: its public part as certificates contain it, and the operation. */
export interface Signer {
  /** 404 bytes: modulus and reduction constant. */
  readonly publicKey: Uint8Array;
  /** Signs with RSA-PSS, SHA-256 and 32 bytes of salt; returns 384 bytes in OpenSSL's order. */
  sign(message: Uint8Array): Uint8Array;
}

/** What a content certificate states about an image. */
export interface ImageClaim {
  /** The image, unpadded and before any encryption. */
  readonly bytes: Uint8Array;
  /** Where it is in MRAM, as applications see it. */
  readonly storeAddress: number;
  /** If set, the image is copied to memory before it is verified. */
  readonly load?: LoadClaim;
}

export interface LoadClaim {
  /** As the enclave sees it. */
  readonly address: number;
  /** 8 bytes. */
  readonly nonce: Uint8Array;
  /** Default Scheme.VERIFY_IN_MEMORY with the customer's code key, as app-gen-toc writes it. */
  readonly scheme?: number;
  readonly codeKey?: number;
  readonly isEncrypted?: boolean;
}

/** Returns a content certificate, padded to 880 bytes (alif-isp.md C.7). */
export function contentCertificate(
  { bytes, storeAddress, load }: ImageClaim,
  signer: Signer,
): Uint8Array {
  const flags = load
    ? contentFlags(load.scheme ?? Scheme.VERIFY_IN_MEMORY, load.codeKey ?? CodeKeyId.CUSTOMER)
    : contentFlags(Scheme.VERIFY_IN_FLASH, CodeKeyId.NONE);
  const end = ContentBytes.offsets.signature;
  const fields = {
    version: 0x0001_0000,
    signedWords: end / 4,
    flags,
    publicKey: signer.publicKey,
    nonce: load?.nonce ?? new Uint8Array(8),
    hash: sha256Bytes(bytes),
    loadAddress: load?.address ?? NOT_LOADED,
    maximumSize: parseInt(`${bytes.length}`, 16),
    encrypted: load?.isEncrypted ? 1 : 0,
    signature: new Uint8Array(SIGNATURE_SIZE),
    storeAddress: (storeAddress + ENCLAVE_VIEW) >>> 0,
    imageSize: bytes.length,
  };
  const signature = signer.sign(ContentBytes.encode(fields).subarray(0, end)).toReversed();
  const slot = new Uint8Array(CONTENT_CERTIFICATE_SLOT);
  ContentBytes.write(slot, 0, { ...fields, signature });
  return slot;
}
