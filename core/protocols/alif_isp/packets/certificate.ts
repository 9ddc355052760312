import { viewOf } from "./bytes.ts";
import { ENCLAVE_VIEW } from "./memory_map.ts";
import { KEY_SIZE, NP_SIZE, SIGNATURE_SIZE, type Signed } from "./signature.ts";

/** Certificates of the Secure Enclave (alif-isp.md C.7): sizes in bytes, words little-endian. */

export const CONTENT_CERTIFICATE_SIZE = 868;
export const KEY_CERTIFICATE_SIZE = 840;
/** A content certificate in a package is padded with zeros to whole lines of MRAM. */
export const CONTENT_CERTIFICATE_SLOT = 880;

/** `ccBS`, `ckBS`: first word. */
export const CONTENT_TOKEN = 0x5342_6363;
export const KEY_TOKEN = 0x5342_6B63;
/** Address that no image is loaded to. */
export const NOT_LOADED = 0xFFFF_FFFF;
/** Where the signed part of each kind ends. */
export const CONTENT_SIGNED = 476;
export const KEY_SIGNED = 456;

/** How the enclave takes an image (bits 8 to 11 of a content certificate's flags). */
export const Scheme = { LOAD_AND_VERIFY: 0, VERIFY_IN_FLASH: 1, VERIFY_IN_MEMORY: 2 } as const;
/** Whose code key an image may be encrypted with (bits 4 to 7 of the flags). */
export const CodeKeyId = { NONE: 0, ALIF: 1, CUSTOMER: 2 } as const;

/** Returns the flags of a content certificate for one image. */
export function contentFlags(scheme: number, codeKey: number): number {
  return 0x0001_000F | codeKey << 4 | scheme << 8;
}

/** A certificate that vouches for an image. */
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

/** A certificate that vouches for the key of the next certificate. */
export interface KeyCertificate extends Signed {
  /** Which root key of the chip it claims: 0 Alif's, 1 the customer's. */
  readonly rootId: number;
  readonly nextKeyHash: Uint8Array;
}

/** Returns the content certificate at `offset`; undefined if there is none. */
export function contentCertificateAt(
  bytes: Uint8Array,
  offset: number,
): ContentCertificate | undefined {
  const part = partAt(bytes, offset, CONTENT_CERTIFICATE_SIZE, CONTENT_TOKEN);
  if (!part) return undefined;
  const view = viewOf(part);
  return {
    ...signedPart(part, CONTENT_SIGNED),
    scheme: view.getUint32(12, true) >>> 8 & 0xF,
    nonce: part.subarray(424, 432),
    hash: part.subarray(432, 464),
    loadAddress: view.getUint32(464, true),
    isEncrypted: view.getUint32(472, true) !== 0,
    storeAddress: (view.getUint32(860, true) - ENCLAVE_VIEW) >>> 0,
    imageSize: view.getUint32(864, true),
  };
}

/** Returns the key certificate at `offset`; undefined if there is none. */
export function keyCertificateAt(bytes: Uint8Array, offset: number): KeyCertificate | undefined {
  const part = partAt(bytes, offset, KEY_CERTIFICATE_SIZE, KEY_TOKEN);
  if (!part) return undefined;
  return {
    ...signedPart(part, KEY_SIGNED),
    rootId: viewOf(part).getUint32(12, true),
    nextKeyHash: part.subarray(424, 456),
  };
}

function partAt(
  bytes: Uint8Array,
  offset: number,
  size: number,
  token: number,
): Uint8Array | undefined {
  if (offset < 0 || offset + size > bytes.length) return undefined;
  const part = bytes.subarray(offset, offset + size);
  return viewOf(part).getUint32(0, true) === token ? part : undefined;
}

function signedPart(part: Uint8Array, end: number): Signed {
  return {
    publicKey: part.subarray(16, 16 + KEY_SIZE + NP_SIZE),
    signed: part.subarray(0, end),
    signature: part.slice(end, end + SIGNATURE_SIZE).reverse(),
  };
}
