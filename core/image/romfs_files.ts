import { romfsContents } from "./romfs.ts";
import type { FileSystem } from "./stored_file.ts";

/** The files of a ROMFS. @returns undefined if the bytes begin with none that is whole */
export function romfsFiles(bytes: Uint8Array): FileSystem | undefined {
  const romfs = romfsContents(bytes);
  return romfs && {
    kind: "ROMFS",
    size: romfs.size,
    damage: [],
    files: romfs.files.map((path, index) => {
      const { offset, length: size } = romfs.contents[index];
      return { path, size, read: () => bytes.slice(offset, offset + size) };
    }),
  };
}
