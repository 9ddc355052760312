import { bytes, constant, latin1, padding, struct, u32 } from "../../../common/struct.ts";
import { storeInApplicationView } from "./enclave_view.ts";
import { KEY_SIZE, NP_SIZE, SIGNATURE_SIZE, type Signed } from "./signature.ts";

/** Certificates of the Secure Enclave (alif-isp.md C.7). */

/** The start of both kinds, apart from their token. */
const common = {
  /** 0x00010000. */
  version: u32,
  /** Length of the signed part in words. */
  signedWords: u32,
};
const PUBLIC_KEY = bytes(KEY_SIZE + NP_SIZE);
/** In the reverse of OpenSSL's order. */
const SIGNATURE = bytes(SIGNATURE_SIZE);

/** A content certificate, 868 bytes; the signed part is everything before the signature. */
export const ContentBytes = struct("content certificate", {
  token: constant(latin1(4), "ccBS"),
  ...common,
  flags: u32,
  publicKey: PUBLIC_KEY,
  reserved: padding(4),
  nonce: bytes(8),
  hash: bytes(32),
  loadAddress: u32,
  /** The size's decimal digits, read as hexadecimal ones. */
  maximumSize: u32,
  encrypted: u32,
  signature: SIGNATURE,
  /** As the enclave sees it. */
  storeAddress: u32,
  /** Bytes. */
  imageSize: u32,
});
/** A key certificate, 840 bytes; the signed part is everything before the signature. */
export const KeyBytes = struct("key certificate", {
  token: constant(latin1(4), "ckBS"),
  ...common,
  rootId: u32,
  publicKey: PUBLIC_KEY,
  reserved: padding(4),
  nextKeyHash: bytes(32),
  signature: SIGNATURE,
});
/** A content certificate in a package is padded with zeros to whole lines of MRAM. */
export const CONTENT_CERTIFICATE_SLOT = 880;
/** Address that no image is loaded to. */
export const NOT_LOADED = 0xFFFF_FFFF;

/** How the enclave loads and verifies an image (bits 8 to 11 of a content certificate's flags). */
export const Scheme = { LOAD_AND_VERIFY: 0, VERIFY_IN_FLASH: 1, VERIFY_IN_MEMORY: 2 } as const;
/** The owner of the code key for an encrypted image (bits 4 to 7 of the flags). */
export const CodeKeyId = { NONE: 0, ALIF: 1, CUSTOMER: 2 } as const;

/** Returns the flags of a content certificate for one image. */
export function contentFlags(scheme: number, codeKey: number): number {
  return 0x0001_000F | codeKey << 4 | scheme << 8;
}

/** A certificate for an image. */
export interface ContentCertificate extends Signed {
  /** One of Scheme. */
  readonly scheme: number;
  /** SHA-256 of the image, before any encryption. */
  readonly hash: Uint8Array;
  /** 8 bytes for the encryption; zeros without a code key. */
  readonly nonce: Uint8Array;
  /** Where the image is loaded to, as the enclave sees it; NOT_LOADED if it runs where it is. */
  readonly loadAddress: number;
  readonly isEncrypted: boolean;
  /** Where the image must be, as applications see it; the certificate contains the enclave's view. */
  readonly storeAddress: number;
  /** Bytes of the image, unpadded. */
  readonly imageSize: number;
}

/** A certificate for the key of the next certificate. */
export interface KeyCertificate extends Signed {
  /** The root key of the chip that it claims: 0 Alif's, 1 the customer's. */
  readonly rootId: number;
  readonly nextKeyHash: Uint8Array;
}

/** Returns the content certificate at `offset`; undefined if there is none. */
export function contentCertificateAt(
  bytes: Uint8Array,
  offset: number,
): ContentCertificate | undefined {
  const found = ContentBytes.tryDecode(bytes, offset);
  if (!found) return undefined;
  const { flags, nonce, hash, loadAddress, encrypted, storeAddress, imageSize } = found;
  return {
    ...signedPart(found, bytes.subarray(offset), ContentBytes.offsets.signature),
    ...{ nonce, hash, loadAddress, imageSize },
    scheme: flags >>> 8 & 0xF,
    isEncrypted: encrypted !== 0,
    storeAddress: storeInApplicationView(storeAddress),
  };
}

/** Returns the key certificate at `offset`; undefined if there is none. */
export function keyCertificateAt(bytes: Uint8Array, offset: number): KeyCertificate | undefined {
  const found = KeyBytes.tryDecode(bytes, offset);
  if (!found) return undefined;
  const { rootId, nextKeyHash } = found;
  const signed = signedPart(found, bytes.subarray(offset), KeyBytes.offsets.signature);
  return { ...signed, rootId, nextKeyHash };
}

function signedPart(
  { publicKey, signature }: { readonly publicKey: Uint8Array; readonly signature: Uint8Array },
  certificate: Uint8Array,
  end: number,
): Signed {
  return { publicKey, signed: certificate.subarray(0, end), signature: signature.toReversed() };
}
