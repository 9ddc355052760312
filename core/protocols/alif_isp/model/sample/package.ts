import { constant, latin1, struct, u32 } from "../../../../common/struct.ts";
import { concat, sha256Bytes, wholeLines } from "../../packets/bytes.ts";
import type { ContentCertificate } from "../../packets/certificate.ts";
import { CodeKeyId, Scheme } from "../../packets/certificate.ts";
import { CHAIN_SIZE } from "../../packets/certificate_chain.ts";
import { POINTER_ADDRESS, SYSTEM_BASE } from "../../packets/memory_map.ts";
import {
  STOC_MAGIC,
  stocChecksum,
  stocLayout,
  stocNames,
  SystemTable,
} from "../../packets/stoc.ts";
import { sampleCipher } from "./code_key.ts";
import type { SampleRoot } from "./keys.ts";
import { certificateChain } from "./sign.ts";

export interface SamplePackageOptions {
  readonly part: string;
  /** `1.110.0`. */
  readonly version: string;
  readonly root?: SampleRoot;
  /** Bytes of each of the two copies of the firmware, a multiple of 16. Default 8192. */
  readonly bankSize?: number;
  /** Fills the objects before they are encrypted; receives name and version, so that all differ. */
  readonly fill: (object: Uint8Array, seed: string) => void;
}

/** A system package that no real device accepts: its keys are samples. */
export interface SamplePackage {
  readonly image: Uint8Array;
  readonly imageSign: Uint8Array;
  readonly pointer: Uint8Array;
  readonly pointerSign: Uint8Array;
}

/** The start of a firmware copy: a mark, and its version as in the table. */
const Program = struct("sample of firmware", {
  mark: constant(latin1(4), "SES"),
  version: u32,
});

/** Returns the version inside a sample's encrypted copy; undefined for a genuine one. */
export function sampleVersion(body: Uint8Array, content: ContentCertificate): number | undefined {
  const program = sampleCipher(body, content);
  return Program.tryDecode(program)?.version;
}

/** Layout of genuine packages (alif-isp.md C.7): two extended headers, then the first object. */
const EXTENDED_HEADERS = 0xA0, FIRST_OBJECT = 0xC0;
const EXTENDED_HEADER = Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF);
/** Where the enclave runs its firmware. */
const LOAD_ADDRESS = 0x3000_0000;
const CONFIG_SIZE = 340, CONFIG_VERSION = 0x0100_0000;
/** Flags of an entry for no processor; bit 7: encrypted. */
const PLAIN = 0x0F, ENCRYPTED = 0x8F;

/** Returns a system package for simulated enclaves, in the form of genuine ones. */
export function samplePackage(options: SamplePackageOptions): SamplePackage {
  const { part, version, root = "production", bankSize = 8192 } = options;
  const [major, minor, patch] = version.split(".").map(Number);
  const number = (major << 24 | minor << 16 | patch << 8) >>> 0;
  const filled = (size: number, name: string) => {
    const bytes = new Uint8Array(size);
    options.fill(bytes, `${name} ${part} ${version}`);
    return bytes;
  };
  const bank = (name: string, storeAddress: number) => {
    const plain = filled(bankSize, name);
    Program.write(plain, 0, { version: number });
    const nonce = sha256Bytes(plain).subarray(0, 8);
    const chain = certificateChain({
      bytes: plain,
      storeAddress,
      load: {
        address: LOAD_ADDRESS,
        nonce,
        scheme: Scheme.LOAD_AND_VERIFY,
        codeKey: CodeKeyId.ALIF,
        isEncrypted: true,
      },
    }, root);
    return concat(chain, sampleCipher(plain, { nonce, loadAddress: LOAD_ADDRESS }));
  };
  const config = (storeAddress: number) => {
    const bytes = filled(CONFIG_SIZE, "DEVICE");
    return concat(certificateChain({ bytes, storeAddress }, root), wholeLines(bytes));
  };

  const objects: Uint8Array[] = [];
  let at = FIRST_OBJECT;
  const entries = stocNames.map((name, index) => {
    const isBank = name !== "DEVICE";
    const storeAddress = SYSTEM_BASE + at + CHAIN_SIZE;
    const object = isBank ? bank(name, storeAddress) : config(storeAddress);
    const entry = {
      address: isBank ? at : SYSTEM_BASE + at,
      length: isBank ? bankSize : CONFIG_SIZE,
      type: index + 1,
      flags: isBank ? ENCRYPTED : PLAIN,
      version: isBank ? number : CONFIG_VERSION,
      name,
      extendedHeader: isBank ? EXTENDED_HEADERS + EXTENDED_HEADER.length * index : 0,
    };
    objects.push(object);
    at += object.length;
    return entry;
  });
  const table = { head: { magic: STOC_MAGIC, part, ...stocLayout }, entries };
  const head = new Uint8Array(FIRST_OBJECT);
  SystemTable.write(head, 0, { ...table, checksum: 0 });
  SystemTable.write(head, 0, { ...table, checksum: stocChecksum(head) });
  head.set(concat(EXTENDED_HEADER, EXTENDED_HEADER), EXTENDED_HEADERS);
  const image = concat(head, ...objects);
  const pointer = concat(new Uint8Array(12), Uint8Array.of(0x00, 0x00, 0x58, 0x00));
  return {
    image,
    imageSign: certificateChain({ bytes: image, storeAddress: SYSTEM_BASE }, root),
    pointer,
    pointerSign: certificateChain({ bytes: pointer, storeAddress: POINTER_ADDRESS }, root),
  };
}
