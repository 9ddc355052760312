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
