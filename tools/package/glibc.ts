import { Buffer } from "node:buffer";

/**
 * Returns the newest version of glibc that an executable, or a library inside it, asks for, such as
 * `2.34`. The names of these versions are in the file as they are.
 * @throws Error if there are none
 */
export function neededGlibc(executable: Uint8Array): string {
  const bytes = Buffer.from(executable.buffer, executable.byteOffset, executable.length);
  const marker = "GLIBC_2.";
  let newest = -1;
  for (let at = bytes.indexOf(marker); at >= 0; at = bytes.indexOf(marker, at + 1)) {
    const from = at + marker.length;
    const [, minor] = /^(\d{1,2})[.\0]/.exec(bytes.toString("latin1", from, from + 3)) ?? [];
    newest = Math.max(newest, Number(minor ?? -1));
  }
  if (newest < 0) throw new Error("the executable asks for no version of glibc");
  return `2.${newest}`;
}
