import type { KeyObject } from "node:crypto";
import { builtin } from "../../../common/builtin.ts";
import { join } from "node:path";
import type { TocKeys } from "../../../protocols/alif_isp/packets/build_toc.ts";
import type { Signer } from "../../../protocols/alif_isp/packets/build_certificate.ts";
import { isEqual } from "../../../common/bytes.ts";
import { concat } from "../../../protocols/alif_isp/packets/bytes.ts";
import { KeyBytes, keyCertificateAt } from "../../../protocols/alif_isp/packets/certificate.ts";
import { keyHash } from "../../../protocols/alif_isp/packets/certificate_chain.ts";
import { publicKeyBytes } from "../../../protocols/alif_isp/packets/signature.ts";
import { UnbrickError } from "../../../common/errors.ts";
import { badImage } from "../../../image/bad_image.ts";
import { isFile, readFile } from "../../../image/files.ts";

/** Keys of the user's own SE Tools, in their folder; unbrick contains none. */
const KEY_FILE = "utils/key/OEMSBContent.pem", PASSPHRASE_FILE = "utils/key/oem_keys_pass.pwd";
/** The owner's root certificate and the next one. */
const CERTIFICATE_FILES = ["cert/OEMSBKey1.crt", "cert/OEMSBKey2.crt"] as const;

/**
 * Returns the keys that sign a table.
 *
 * @param needsKeyCertificates true if an entry is signed.
 * @throws UnbrickError `not-found`, `bad-image`
 */
export function tocKeys(folder: string, needsKeyCertificates: boolean): TocKeys {
  const signer = contentSigner(folder);
  return needsKeyCertificates
    ? { signer, keyCertificates: keyCertificates(folder, signer) }
    : { signer };
}

function contentSigner(folder: string): Signer {
  const keyPath = join(folder, KEY_FILE);
  if (!isFile(keyPath)) {
    throw new UnbrickError(
      "not-found",
      `There is no signing key ${keyPath}: start app-gen-toc in the folder of Alif's SE Tools.`,
      { file: KEY_FILE },
    );
  }
  const passphrasePath = join(folder, PASSPHRASE_FILE);
  const passphrase = isFile(passphrasePath)
    ? Deno.readTextFileSync(passphrasePath).trim()
    : undefined;
  let key: KeyObject;
  try {
    key = builtin.crypto.createPrivateKey({ key: Deno.readTextFileSync(keyPath), passphrase });
  } catch (cause) {
    throw new UnbrickError("bad-image", `The key ${keyPath} cannot be used.`, { file: KEY_FILE }, {
      cause,
    });
  }
  // Only RSA keys have a modulus; some other kinds cannot be exported.
  const n = key.asymmetricKeyType === "rsa" ? key.export({ format: "jwk" }).n : undefined;
  const modulus = n === undefined
    ? new Uint8Array()
    : Uint8Array.fromBase64(n, { alphabet: "base64url" });
  if (modulus.length !== 384) throw badImage(KEY_FILE, "it is no RSA key of 3072 bits");
  const padding = builtin.crypto.constants.RSA_PKCS1_PSS_PADDING;
  return {
    publicKey: publicKeyBytes(BigInt(`0x${modulus.toHex()}`)),
    sign: (message) =>
      new Uint8Array(builtin.crypto.sign("sha256", message, { key, padding, saltLength: 32 })),
  };
}

/** Returns both certificates, if the second one is for the signing key. */
function keyCertificates(folder: string, { publicKey }: Signer): Uint8Array {
  const files = CERTIFICATE_FILES.map((file) => {
    const path = join(folder, file);
    if (!isFile(path)) {
      throw new UnbrickError(
        "not-found",
        `There is no ${path}: signed entries need the owner's key certificates. For an AE3 give ` +
          `each entry "signed": false.`,
        { file },
      );
    }
    const bytes = readFile(path, KeyBytes.size);
    const certificate = keyCertificateAt(bytes, 0);
    if (!certificate) throw badImage(file, "it is no key certificate");
    return { file, bytes, certificate };
  });
  const [root, second] = files;
  if (!isEqual(root.certificate.nextKeyHash, keyHash(second.certificate))) {
    throw badImage(second.file, `${root.file} belongs to another key`);
  }
  if (!isEqual(second.certificate.nextKeyHash, keyHash({ publicKey }))) {
    throw badImage(KEY_FILE, `${second.file} belongs to another key`);
  }
  return concat(root.bytes, second.bytes);
}
