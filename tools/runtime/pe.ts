import { at, constant, latin1, struct, u16, u32, u64 } from "../../core/common/struct.ts";

/** The section in which `deno compile` stores a program; it is always the last one. */
const payloadSection = ".pedata";

/**
 * The used parts of the DOS header, of the PE32+ headers up to the resource directory, and of a
 * section's header.
 */
const DosHeader = struct("DOS header", { e_lfanew: at(0x3c, u32) });
const PeHeader = struct("PE header", {
  signature: constant(latin1(4), "PE"),
  NumberOfSections: at(6, u16),
  SizeOfOptionalHeader: at(20, u16),
  Magic: at(24, u16),
  SizeOfImage: at(24 + 56, u32),
  resources: at(24 + 128, u64),
}, 264);
const SectionHeader = struct("section header", {
  Name: latin1(8),
  VirtualAddress: at(12, u32),
  PointerToRawData: at(20, u32),
}, 40);
/** Offset of the optional header in the PE header. */
const OPTIONAL_HEADER = 24;

/**
 * Returns a Windows executable (PE32+) without the program that `deno compile` added: it removes
 * the section header, sets the resource directory, which named the section, to 0, restores
 * SizeOfImage, and cuts the file where the section began (platform.md 2).
 * @throws Error if it is not such a file
 */
export function withoutPayload(file: Uint8Array): Uint8Array<ArrayBuffer> {
  const pe = DosHeader.tryDecode(file)?.e_lfanew ?? file.length;
  const header = PeHeader.tryDecode(file, pe);
  if (!header) throw new Error("not a Windows executable");
  if (header.Magic !== 0x20b) throw new Error("not a 64-bit Windows executable");
  const { NumberOfSections, SizeOfOptionalHeader } = header;
  const last = pe + OPTIONAL_HEADER + SizeOfOptionalHeader +
    (NumberOfSections - 1) * SectionHeader.size;
  const section = SectionHeader.tryDecode(file, last);
  if (section && section.Name !== payloadSection) {
    throw new Error(
      `the last section of the Windows executable is ${section.Name}, not ${payloadSection}`,
    );
  }
  const { VirtualAddress, PointerToRawData } = section ??
    { VirtualAddress: 0, PointerToRawData: 0 };
  if (PointerToRawData <= last || PointerToRawData > file.length) {
    throw new Error("the Windows executable is cut off");
  }

  const runtime = file.slice(0, PointerToRawData);
  runtime.fill(0, last, last + SectionHeader.size);
  const write = (name: keyof typeof PeHeader.offsets, field: typeof u16, value: number) =>
    field.write(runtime, pe + PeHeader.offsets[name], value, name);
  write("NumberOfSections", u16, NumberOfSections - 1);
  write("SizeOfImage", u32, VirtualAddress);
  u64.write(runtime, pe + PeHeader.offsets.resources, 0n, "resources");
  return runtime;
}
