import { isEqual } from "../../../common/bytes.ts";
import { sha256Bytes } from "../packets/bytes.ts";
import type { ContentCertificate } from "../packets/certificate.ts";
import { CHAIN_SIZE, chainAt } from "../packets/certificate_chain.ts";
import { readStoc } from "../packets/stoc.ts";
import { SYSTEM_BASE } from "../packets/memory_map.ts";
import { sampleCipher } from "./sample/code_key.ts";

/**
 * The key with which a simulated chip decrypts the copies of the enclave's firmware. Sample
 * packages are encrypted with a sample key. The key of genuine packages exists only in Alif's
 * chips: the model accepts the bodies that it learned from a package with a valid signature.
 */
export class CodeKey {
  readonly #known = new Set<string>();

  /** Learns the encrypted objects of a package that a `.sign` file covers. */
  learn(systemPackage: Uint8Array): void {
    const table = readStoc(systemPackage);
    if ("reason" in table) return;
    for (const { objectAddress } of table.entries) {
      const at = objectAddress - SYSTEM_BASE;
      const content = chainAt(systemPackage, at)?.content;
      if (!content?.isEncrypted) continue;
      const body = systemPackage.subarray(at + CHAIN_SIZE, at + CHAIN_SIZE + content.imageSize);
      this.#known.add(nameOf(body, content));
    }
  }

  /** Returns true if the decrypted image is the one in its certificate. */
  isRight(body: Uint8Array, content: ContentCertificate): boolean {
    const plain = content.isEncrypted ? sampleCipher(body, content) : body;
    return isEqual(sha256Bytes(plain), content.hash) || this.#known.has(nameOf(body, content));
  }
}

const nameOf = (body: Uint8Array, { hash }: ContentCertificate) =>
  `${sha256Bytes(body).toHex()} of ${hash.toHex()}`;
