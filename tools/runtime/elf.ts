import { at, constant, latin1, struct, u16, u64, u8 } from "../../core/common/struct.ts";

/** The used part of the header of a 64-bit little-endian ELF file, 64 bytes. */
const ElfHeader = struct("ELF header", {
  magic: constant(latin1(4), "\x7FELF"),
  class: constant(u8, 2),
  data: constant(u8, 1),
  e_shoff: at(0x28, u64),
  e_shentsize: at(0x3a, u16),
  e_shnum: u16,
}, 64);

/**
 * Returns where a 64-bit little-endian ELF file ends according to its header, if the section header
 * table is its last part: e_shoff + e_shnum × e_shentsize. Anything after that is a payload.
 * @throws Error if it is not such a file
 */
export function elfEnd(file: Uint8Array): number {
  const header = ElfHeader.tryDecode(file);
  if (!header) throw new Error("not a 64-bit little-endian ELF file");
  const e_shoff = Number(header.e_shoff);
  const end = e_shoff + header.e_shnum * header.e_shentsize;
  if (e_shoff === 0 || end > file.length) throw new Error("the ELF file is cut off");
  return end;
}
