import { builtin } from "../common/builtin.ts";
import { programFile } from "../common/program_file.ts";

/**
 * The files of images/ inside the executable. They are deflated (RFC 1951): at each start, the runtime
 * copies everything that the executable contains into memory.
 */

/** Returns the path of an image inside the executable. @param path relative to images/ */
export const deflatedName = (path: string): string => `images/${path}.deflate`;

/** Returns an image as the executable contains it. */
export const deflated = (bytes: Uint8Array): Uint8Array =>
  builtin.zlib.deflateRawSync(bytes, { level: 9 });

/** Returns the image of a file that the executable contains. */
export function inflated(bytes: Uint8Array): Uint8Array {
  const { buffer, byteOffset, length } = builtin.zlib.inflateRawSync(bytes);
  return new Uint8Array(buffer, byteOffset, length); // a Buffer's slice would be no copy
}

/**
 * Reads a file of images/, in the working tree or inside the executable.
 * @param path relative to images/
 * @throws Deno.errors.NotFound
 */
export function ownImage(path: string): Uint8Array {
  return Deno.build.standalone
    ? inflated(Deno.readFileSync(programFile(deflatedName(path))))
    : Deno.readFileSync(programFile(`images/${path}`));
}
