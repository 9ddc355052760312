import { text } from "../common/text.ts";
import { romfsContents } from "./romfs.ts";
import type { FileSystem } from "./stored_file.ts";

/** The files of a ROMFS. @returns undefined if the bytes begin with none that is whole */
export function romfsFiles(bytes: Uint8Array): FileSystem | undefined {
  const romfs = romfsContents(bytes);
  let left = romfs?.size ?? 0;
  return romfs && {
    kind: "ROMFS",
    size: romfs.size,
    damage: [],
    files: romfs.files.map((path, index) => {
      const { offset, length: size } = romfs.contents[index];
      // Contents that lie in one another could fill any disk.
      if (size > left) {
        const damage = text`its content belongs to other files, too`;
        return { path, size: 0, damage, read: () => new Uint8Array() };
      }
      left -= size;
      return { path, size, read: () => bytes.slice(offset, offset + size) };
    }),
  };
}
