import { UnbrickError } from "../../../common/errors.ts";
import { badImage } from "../../../image/bad_image.ts";
import { isEqual } from "../../../common/bytes.ts";
import { sha256Bytes } from "./bytes.ts";
import { CHAIN_SIZE, chainAt, isChainValid, rootOf } from "./certificate_chain.ts";
import { MRAM_LINE, parts, POINTER_ADDRESS, REVISION, SYSTEM_BASE } from "./memory_map.ts";
import { type Revision, versionText } from "./replies.ts";
import { readStoc } from "./stoc.ts";
import type { NamedBytes } from "./toc_check.ts";
import { text, type Words } from "../../../common/text.ts";
import { byteCount } from "../../../common/format.ts";

/**
 * Alif's system package: the enclave's own firmware, and the pointer line that activates it
 * (alif-isp.md C.7). The `.sign` file of each covers all of its bytes.
 */

/** Bytes between the start of the system area and the pointer line. */
export const MAX_PACKAGE_SIZE = POINTER_ADDRESS - SYSTEM_BASE;
/** The last four bytes of the pointer line: the package's offset from the start of MRAM. */
const POINTER = [0x00, 0x00, 0x58, 0x00];

/** Roots of the packages for silicon B2 and B3, which are otherwise equal (alif-isp.md C.8). */
const otherSiliconRoots: readonly string[] = [
  "14a83ae9e20b233a5c3dd23dd5176f40",
  "c879a64b28100754b462589ae1f34d3b",
];

/** A file and the `.sign` file that belongs to it. */
export interface SignedFile extends NamedBytes {
  readonly sign: NamedBytes;
}

/** What a package states about itself, checked against its signature. */
export interface PackageFacts {
  readonly part: string;
  /** `1.104.0`. */
  readonly version: string;
  /** First 16 bytes of the root key's hash. */
  readonly root: Uint8Array;
}

/** Both parts of an update, after all checks. */
export interface SystemPackage extends PackageFacts {
  readonly image: SignedFile;
  /** 16 bytes for the last line of MRAM. */
  readonly pointer: SignedFile;
}

/**
 * Reads a package and its pointer line, and checks that they belong together.
 *
 * @throws UnbrickError `bad-image`.
 */
export function parseSystemPackage(image: SignedFile, pointer: SignedFile): SystemPackage {
  const facts = parsePackageImage(image);
  if (!isEqual(facts.root, pointerRoot(pointer))) {
    throw badImage(pointer.name, text`it is signed with another root key than ${image.name}`);
  }
  return { ...facts, image, pointer };
}

/**
 * Reads a package without its pointer line.
 *
 * @throws UnbrickError `bad-image`; `wrong-board` for silicon that no AE3 has.
 */
export function parsePackageImage(image: SignedFile): PackageFacts {
  const { name, bytes } = image;
  if (bytes.length % MRAM_LINE !== 0 || bytes.length > MAX_PACKAGE_SIZE) {
    throw badImage(name, text`${byteCount(bytes.length)} cannot be the size of a system package`, {
      offset: 0,
    });
  }
  const table = readStoc(bytes);
  if ("reason" in table) throw badImage(name, table.reason, { offset: table.offset });
  const root = checkSignature(image, SYSTEM_BASE);
  refuseOtherSilicon(name, root);
  return { part: table.part, version: versionText(table.version), root };
}

/**
 * Refuses a package by the root of its signature: nothing else shows which silicon it is for.
 *
 * @throws UnbrickError `wrong-board`
 */
export function refuseOtherSilicon(name: string, root: Uint8Array): void {
  if (!otherSiliconRoots.includes(root.toHex())) return;
  throw new UnbrickError(
    "wrong-board",
    text`${name} is a system package for silicon B2 or B3, and an OpenMV AE3 has ${REVISION}.`,
    { file: name, root: root.toHex() },
  );
}

/** Returns the root of a pointer line's signature. @throws UnbrickError `bad-image`. */
export function pointerRoot(pointer: SignedFile): Uint8Array {
  const isPointer = pointer.bytes.length === MRAM_LINE &&
    pointer.bytes.every((byte, at) => byte === (POINTER[at - 12] ?? 0));
  if (!isPointer) throw badImage(pointer.name, text`it does not point to the system package`);
  return checkSignature(pointer, POINTER_ADDRESS);
}

/**
 * Checks a file against its `.sign` file.
 *
 * @returns the first 16 bytes of the root key's hash.
 * @throws UnbrickError `bad-image`.
 */
function checkSignature({ name, bytes, sign }: SignedFile, address: number): Uint8Array {
  if (sign.bytes.length !== CHAIN_SIZE) {
    throw badImage(
      sign.name,
      text`it has ${byteCount(sign.bytes.length)}, but a signature has ${CHAIN_SIZE}`,
    );
  }
  const chain = chainAt(sign.bytes, 0);
  const root = chain && rootOf(chain);
  if (!root || !isChainValid(chain)) {
    throw badImage(sign.name, text`its certificates are damaged, or do not belong together`);
  }
  const { content } = chain;
  if (!isEqual(content.hash, sha256Bytes(bytes)) || content.imageSize !== bytes.length) {
    throw badImage(name, text`it is not the file that ${sign.name} was made for`, {}, {
      signedHash: content.hash.toHex(),
    });
  }
  if (content.storeAddress !== address) {
    throw badImage(sign.name, text`it was made for a file at another address`, {}, {
      address: content.storeAddress,
      expected: address,
    });
  }
  return root;
}

/**
 * Refuses a package for another part or silicon, or with another root key than the chip's.
 *
 * @throws UnbrickError `wrong-board`.
 */
export function checkPackageFits(system: SystemPackage, device: Revision): void {
  const { image: { name }, part } = system;
  const refuse = (reason: Words) =>
    new UnbrickError("wrong-board", text`${name} does not fit this camera: ${reason}.`, {
      file: name,
      part,
      devicePart: device.part || null,
      root: system.root.toHex(),
      deviceRoot: device.hbk0.toHex(),
      revision: device.name,
    });
  if (device.name !== REVISION) {
    throw refuse(text`it is for silicon ${REVISION}, not ${device.name}`);
  }
  if (device.part && part !== device.part) {
    throw refuse(text`it is for the part ${part}, but this is the ${device.part}`);
  }
  if (!parts.some((one) => one.part === part)) throw refuse(text`no AE3 has the part ${part}`);
  const isUnprovisioned = device.hbk0.every((byte) => byte === 0);
  if (isUnprovisioned || isEqual(system.root, device.hbk0)) return;
  throw refuse(text`it is signed with another root key than the one in the chip`);
}
