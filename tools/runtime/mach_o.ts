import { createHash } from "node:crypto";
import { array, constant, struct, u32, u32be, u8 } from "../../core/common/struct.ts";

/** The signature inside a Mach-O file (host-systems.md 4.2 to 4.4). */

const Header = struct("64-bit Mach-O file", {
  magic: constant(u32, 0xfeedfacf),
  cputype: u32,
  cpusubtype: u32,
  filetype: u32,
  ncmds: u32,
}, 32);
const LoadCommand = struct("load command", { cmd: u32, cmdsize: u32 });
const CodeSignature = struct("LC_CODE_SIGNATURE", {
  cmd: constant(u32, 0x1d),
  cmdsize: u32,
  dataoff: u32,
  datasize: u32,
});
const SuperBlob = struct("SuperBlob", {
  magic: constant(u32be, 0xfade0cc0),
  length: u32be,
  count: u32be,
});
const BlobIndex = struct("blob index", { type: u32be, offset: u32be });
const Blob = struct("blob", { magic: u32be, length: u32be });
const CodeDirectory = struct("CodeDirectory", {
  magic: constant(u32be, 0xfade0c02),
  length: u32be,
  version: u32be,
  flags: u32be,
  hashOffset: u32be,
  identOffset: u32be,
  nSpecialSlots: u32be,
  nCodeSlots: u32be,
  codeLimit: u32be,
  hashSize: u8,
  hashType: u8,
  platform: u8,
  pageSize: u8, // as a power of two
});

const CODE_DIRECTORY = 0, ENTITLEMENTS = 5;
const SHA256 = 2;
const ADHOC = 0x2, RUNTIME = 0x10000;

/** The signature of a Mach-O file. */
export interface MacSignature {
  /** True if it names no signer. */
  readonly isAdHoc: boolean;
  /** True if the hardened runtime is on. */
  readonly isHardened: boolean;
  /** The entitlements as a property list; undefined if there are none. */
  readonly entitlements?: string;
}

/**
 * Reads the signature of a 64-bit Mach-O file for one processor and compares the SHA-256 of each
 * page with it. Whether macOS trusts the signer cannot be seen.
 * @returns undefined if the file is not signed
 * @throws Error if a page has changed or the signature has another form
 */
export function macSignature(file: Uint8Array): MacSignature | undefined {
  const place = signaturePlace(file);
  if (!place) return undefined;
  const signature = file.subarray(place.dataoff, place.dataoff + place.datasize);
  const { count } = SuperBlob.decode(signature);
  const blobs = new Map(
    array(BlobIndex, count).read(signature, SuperBlob.size).map(({ type, offset }) => {
      const { length } = Blob.read(signature, offset);
      return [type, signature.subarray(offset, offset + length)];
    }),
  );
  const directory = blobs.get(CODE_DIRECTORY);
  if (!directory) throw new Error("the signature has no CodeDirectory");
  const { flags } = checkPages(file, directory);
  const entitlements = blobs.get(ENTITLEMENTS)?.subarray(Blob.size);
  return {
    isAdHoc: (flags & ADHOC) !== 0,
    isHardened: (flags & RUNTIME) !== 0,
    ...(entitlements && { entitlements: new TextDecoder().decode(entitlements) }),
  };
}

function signaturePlace(file: Uint8Array) {
  const { ncmds } = Header.decode(file);
  for (let at = Header.size, left = ncmds; left > 0; left--) {
    const { cmd, cmdsize } = LoadCommand.read(file, at);
    if (cmd === 0x1d) return CodeSignature.read(file, at);
    at += cmdsize;
  }
}

/** @throws Error that names the first page that is not the signed one */
function checkPages(file: Uint8Array, directory: Uint8Array) {
  const head = CodeDirectory.decode(directory);
  if (head.hashType !== SHA256) throw new Error(`the hash type is ${head.hashType}, not SHA-256`);
  const pageBytes = 2 ** head.pageSize;
  for (let page = 0; page < head.nCodeSlots; page++) {
    const begin = page * pageBytes;
    const bytes = file.subarray(begin, Math.min(begin + pageBytes, head.codeLimit));
    const at = head.hashOffset + page * head.hashSize;
    const signed = directory.subarray(at, at + head.hashSize).toHex();
    if (createHash("sha256").update(bytes).digest("hex") !== signed) {
      throw new Error(`page ${page} is not the signed one`);
    }
  }
  return head;
}
