/** The section in which `deno compile` keeps a program: always the last one. */
const payloadSection = ".pedata";

const SECTION_HEADER = 40, RESOURCE_DIRECTORY = 2;

/**
 * A Windows executable (PE32+) without the program that `deno compile` put into it: the section header
 * is removed, the resource directory, which named the section, set to 0, SizeOfImage set back, and the
 * file cut where the section began (platform.md 2).
 * @throws Error if it is no such file.
 */
export function withoutPayload(file: Uint8Array): Uint8Array<ArrayBuffer> {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const e_lfanew = file.length >= 64 ? view.getUint32(0x3c, true) : file.length;
  if (e_lfanew + 264 > file.length || view.getUint32(e_lfanew) !== 0x50450000) {
    throw new Error("not a Windows executable");
  }
  const coff = e_lfanew + 4, optional = coff + 20;
  if (view.getUint16(optional, true) !== 0x20b) throw new Error("not a 64-bit Windows executable");
  const NumberOfSections = view.getUint16(coff + 2, true);
  const SizeOfOptionalHeader = view.getUint16(coff + 16, true);
  const last = optional + SizeOfOptionalHeader + (NumberOfSections - 1) * SECTION_HEADER;
  const name = new TextDecoder().decode(file.subarray(last, last + 8)).replaceAll("\0", "");
  if (name !== payloadSection) {
    throw new Error(`the last section of the Windows executable is ${name}, not ${payloadSection}`);
  }
  const VirtualAddress = view.getUint32(last + 12, true);
  const PointerToRawData = view.getUint32(last + 20, true);
  if (PointerToRawData <= last || PointerToRawData > file.length) {
    throw new Error("the Windows executable is cut off");
  }

  const runtime = file.slice(0, PointerToRawData);
  const header = new DataView(runtime.buffer);
  runtime.fill(0, last, last + SECTION_HEADER);
  header.setUint16(coff + 2, NumberOfSections - 1, true);
  header.setUint32(optional + 56, VirtualAddress, true); // SizeOfImage
  header.setBigUint64(optional + 112 + 8 * RESOURCE_DIRECTORY, 0n, true);
  return runtime;
}
