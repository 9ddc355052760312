import { crc32 } from "node:zlib";
import { UnbrickError } from "../../../common/errors.ts";
import { badImage } from "../../../image/bad_image.ts";
import { isEqual, sha256Bytes, textOf, viewOf } from "./bytes.ts";
import { type Chain, CHAIN_SIZE, chainAt } from "./certificate.ts";
import { MRAM_LINE, POINTER_ADDRESS, REVISION, SYSTEM_BASE } from "./memory_map.ts";
import { type Revision, versionText } from "./replies.ts";
import type { NamedBytes } from "./toc_check.ts";

/**
 * Alif's system package: the enclave's own firmware, and the pointer line that makes it count
 * (alif-isp.md C.7). The `.sign` file beside each vouches for all of its bytes.
 */

export const STOC_MAGIC = "ALIFTOC1";
/** Magic, sizes, part number, three entries; the checksum of these 144 bytes follows. */
export const STOC_TABLE_SIZE = 144;
export const STOC_HEADER_SIZE = 48;
export const STOC_ENTRY_SIZE = 32;
const entryNames = ["SERAM0", "SERAM1", "DEVICE"];
/** Between the start of the system area and the pointer line. */
export const MAX_PACKAGE_SIZE = POINTER_ADDRESS - SYSTEM_BASE;
/** The last four bytes of the pointer line: the package's offset from the start of MRAM. */
const POINTER = [0x00, 0x00, 0x58, 0x00];

/** A file and the `.sign` file that belongs to it. */
export interface SignedFile extends NamedBytes {
  readonly sign: NamedBytes;
}

/** Both parts of an update, checked. */
export interface SystemPackage {
  readonly part: string;
  /** `1.104.0`. */
  readonly version: string;
  /** First 16 bytes of the root key's hash. */
  readonly root: Uint8Array;
  readonly image: SignedFile;
  /** 16 bytes for the last line of MRAM. */
  readonly pointer: SignedFile;
}

/** The table at the start of a package. */
export interface StocTable {
  readonly part: string;
  /** u32, `major << 24 | minor << 16 | patch << 8`. */
  readonly version: number;
  readonly entries: readonly {
    readonly name: string;
    readonly address: number;
    readonly length: number;
  }[];
}

/** Why the bytes do not begin with a system table; offset of the fault. */
export interface StocFault {
  readonly reason: string;
  readonly offset: number;
}

export function parseStocTable(bytes: Uint8Array): StocTable | StocFault {
  const fault = (reason: string, offset: number): StocFault => ({ reason, offset });
  if (bytes.length < STOC_TABLE_SIZE + 4) return fault("it is too short for a system package", 0);
  if (textOf(bytes.subarray(0, 8)) !== STOC_MAGIC) {
    return fault(`it does not begin with ${STOC_MAGIC}`, 0);
  }
  const view = viewOf(bytes);
  if (crc32(bytes.subarray(0, STOC_TABLE_SIZE)) !== view.getUint32(STOC_TABLE_SIZE, true)) {
    return fault("the checksum of its table is wrong", STOC_TABLE_SIZE);
  }
  const sizes = [8, 10, 12, 14].map((offset) => view.getUint16(offset, true));
  if (!sizes.every((size, at) => size === [STOC_HEADER_SIZE, 3, STOC_ENTRY_SIZE, 1][at])) {
    return fault("its table has another layout", 8);
  }
  const entries = entryNames.map((_, index) => {
    const at = STOC_HEADER_SIZE + index * STOC_ENTRY_SIZE;
    return {
      name: textOf(bytes.subarray(at + 20, at + 28)),
      address: view.getUint32(at, true),
      length: view.getUint32(at + 4, true),
    };
  });
  if (!entries.every(({ name }, at) => name === entryNames[at])) {
    return fault(`its entries are not ${entryNames.join(", ")}`, STOC_HEADER_SIZE);
  }
  return {
    part: textOf(bytes.subarray(16, 32)),
    version: view.getUint32(STOC_HEADER_SIZE + 16, true),
    entries,
  };
}

/**
 * Reads a package, its pointer line and their signatures, and checks that they belong together.
 *
 * @throws UnbrickError `bad-image`.
 */
export function parseSystemPackage(image: SignedFile, pointer: SignedFile): SystemPackage {
  const { name, bytes } = image;
  if (bytes.length % MRAM_LINE !== 0 || bytes.length > MAX_PACKAGE_SIZE) {
    throw badImage(name, `${bytes.length} bytes cannot be the size of a system package`, {
      offset: 0,
    });
  }
  const table = parseStocTable(bytes);
  if ("reason" in table) throw badImage(name, table.reason, { offset: table.offset });
  const isPointer = pointer.bytes.length === MRAM_LINE &&
    pointer.bytes.every((byte, at) => byte === (POINTER[at - 12] ?? 0));
  if (!isPointer) throw badImage(pointer.name, "it does not point to the system package");
  const chain = checkSignature(image, SYSTEM_BASE);
  const pointerChain = checkSignature(pointer, POINTER_ADDRESS);
  if (!isEqual(chain.root, pointerChain.root)) {
    throw badImage(pointer.name, `it is signed with another root key than ${name}`);
  }
  return {
    part: table.part,
    version: versionText(table.version),
    root: chain.root,
    image,
    pointer,
  };
}

function checkSignature({ name, bytes, sign }: SignedFile, address: number): Chain {
  if (sign.bytes.length !== CHAIN_SIZE) {
    throw badImage(sign.name, `it has ${sign.bytes.length} bytes, and a signature ${CHAIN_SIZE}`);
  }
  const chain = chainAt(sign.bytes, 0);
  if (!chain?.isValid) {
    throw badImage(sign.name, "its certificates are damaged, or do not vouch for one another");
  }
  const { content } = chain;
  if (!isEqual(content.hash, sha256Bytes(bytes)) || content.imageSize !== bytes.length) {
    throw badImage(name, `it is not the file that ${sign.name} vouches for`, {}, {
      signedHash: content.hash.toHex(),
    });
  }
  if (content.storeAddress !== address) {
    throw badImage(sign.name, "it vouches for a file at another address", {}, {
      address: content.storeAddress,
      expected: address,
    });
  }
  return chain;
}

/**
 * Refuses a package for another part or silicon, or of another root key than the chip's.
 *
 * @throws UnbrickError `wrong-board`.
 */
export function checkPackageFits(system: SystemPackage, device: Revision): void {
  const { image: { name }, part } = system;
  const refuse = (reason: string) =>
    new UnbrickError("wrong-board", `${name} does not fit this camera: ${reason}.`, {
      file: name,
      part,
      devicePart: device.part || null,
      root: system.root.toHex(),
      deviceRoot: device.hbk0.toHex(),
      revision: device.name,
    });
  if (device.name !== REVISION) throw refuse(`it is for silicon ${REVISION}, not ${device.name}`);
  if (device.part && part !== device.part) {
    throw refuse(`it is made for the part ${part}, and this is the ${device.part}`);
  }
  if (!device.part && !isKnownPart(part)) throw refuse(`no AE3 has the part ${part}`);
  const isUnprovisioned = device.hbk0.every((byte) => byte === 0);
  if (isUnprovisioned || isEqual(system.root, device.hbk0)) return;
  throw refuse("it is signed with another root key than the one in the chip");
}

function isKnownPart(part: string): boolean {
  return /^AE302F80F55D5[AL]E$/.test(part);
}
