import { crc32 } from "node:zlib";
import { concat, padded, textOf, u32, viewOf } from "../packets/bytes.ts";
import { CHAIN_SIZE } from "../packets/certificate.ts";
import { POINTER_ADDRESS, SYSTEM_BASE } from "../packets/memory_map.ts";
import { STOC_MAGIC } from "../packets/system_package.ts";
import type { SampleRoot } from "./keys.ts";
import { certificateChain } from "./sign.ts";

export interface SamplePackageOptions {
  readonly part: string;
  /** `1.110.0`. */
  readonly version: string;
  readonly root?: SampleRoot;
  /** Bytes of each of the two copies of the firmware, a multiple of 16. Default 8192. */
  readonly bankSize?: number;
  /** Fills the copies; gets the copy and its version, so that no two are equal. */
  readonly fill: (bank: Uint8Array, seed: string) => void;
}

/** Marked in the file itself: no real device takes it, and unbrick never sends it to one. */
export interface SamplePackage {
  readonly image: Uint8Array;
  readonly imageSign: Uint8Array;
  readonly pointer: Uint8Array;
  readonly pointerSign: Uint8Array;
}

/** A copy of the firmware begins with it, and with its version as the table has it. */
const PROGRAM_MARK = "SES";

/** The version of a sample's copy, by its first 8 bytes; a real copy is encrypted and tells nothing. */
export function sampleVersion(program: Uint8Array): number | undefined {
  const isSample = textOf(program.subarray(0, 4)) === PROGRAM_MARK;
  return isSample ? viewOf(program).getUint32(4, true) : undefined;
}

/** Where the first object stands, behind the table. */
const FIRST_OBJECT = 160;

/** A system package for simulated enclaves: table, two copies of a firmware, a configuration. */
export function samplePackage(options: SamplePackageOptions): SamplePackage {
  const { part, version, root = "production", bankSize = 8192 } = options;
  const [major, minor, patch] = version.split(".").map(Number);
  const number = (major << 24 | minor << 16 | patch << 8) >>> 0;
  const bank = (name: string) => {
    const bytes = new Uint8Array(bankSize);
    options.fill(bytes, `${name} ${part} ${version}`);
    bytes.set(concat(padded(PROGRAM_MARK, 4), u32(number)));
    return bytes;
  };
  const objects = [
    { name: "SERAM0", bytes: bank("SERAM0"), type: 4, flags: 0x48 },
    { name: "SERAM1", bytes: bank("SERAM1"), type: 4, flags: 0x48 },
    { name: "DEVICE", bytes: new Uint8Array(128), type: 3, flags: 0x0F },
  ];
  let at = SYSTEM_BASE + FIRST_OBJECT;
  const placed = objects.map((object) => {
    const address = at;
    const chain = certificateChain(object.bytes, address + CHAIN_SIZE, root);
    at += CHAIN_SIZE + object.bytes.length;
    return { ...object, address, content: concat(chain, object.bytes) };
  });
  const table = concat(
    padded(STOC_MAGIC, 8),
    new Uint8Array(new Uint16Array([48, 3, 32, 1]).buffer),
    padded(part, 16),
    new Uint8Array(16),
    ...placed.map(({ name, address, bytes, type, flags }) =>
      concat(u32(address, bytes.length, type, flags, number), padded(name, 8), u32(0))
    ),
  );
  const head = concat(table, u32(crc32(table)), new Uint8Array(12));
  const image = concat(head, ...placed.map(({ content }) => content));
  const pointer = concat(new Uint8Array(12), Uint8Array.of(0x00, 0x00, 0x58, 0x00));
  return {
    image,
    imageSign: certificateChain(image, SYSTEM_BASE, root),
    pointer,
    pointerSign: certificateChain(pointer, POINTER_ADDRESS, root),
  };
}
