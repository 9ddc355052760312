import { builtin } from "../common/builtin.ts";
import { UnbrickError } from "../common/errors.ts";
import { byteSize } from "../common/format.ts";
import { badImage } from "./bad_image.ts";
import type { ByteSource } from "./byte_source.ts";
import type { PackFiles } from "./pack_files.ts";
import { readZipDirectory, type ZipEntry } from "./zip_directory.ts";
import { text, type Words } from "../common/text.ts";

/** A zip archive as a pack, read by position. */

/**
 * Largest unpacked file, bytes: more than the largest region, 32 MiB (openmv-boards.md 5.2). Chosen
 * by unbrick.
 */
export const maximumEntrySize = 67_108_864;

/**
 * Above this size in bytes, an entry may not grow by more than `maximumRatio`. Chosen by unbrick.
 */
const harmlessSize = 1_048_576;
const maximumRatio = 500;

/**
 * Returns a zip archive as a pack.
 *
 * @param source Path of the archive, for people.
 * @param limits How many times its packed size an entry may have. Default 500.
 * @throws UnbrickError `bad-image`, as `readZipDirectory`; `read` also for a zip bomb (an entry over
 * 64 MiB, or over 1 MiB and 500 times its packed size), damaged data, wrong size or CRC.
 */
export function zipFiles(
  archive: ByteSource,
  name: string,
  source: string = name,
  limits: { readonly maximumRatio: number } = { maximumRatio },
): PackFiles {
  const entries = new Map(readZipDirectory(archive, name).map((entry) => [entry.path, entry]));
  return {
    name,
    isFresh: true,
    paths: [...entries.keys()],
    read(path, maximum = maximumEntrySize) {
      const entry = entries.get(path);
      if (entry === undefined) {
        throw new UnbrickError("not-found", text`${name} has no file ${path}.`, {
          file: name,
          path,
        });
      }
      return unpackEntry(archive, entry, name, maximum, limits.maximumRatio);
    },
    sourceOf: (path) => `${source}/${path}`,
  };
}

function unpackEntry(
  archive: ByteSource,
  entry: ZipEntry,
  file: string,
  maximum: number,
  mostRatio: number,
): Uint8Array {
  const refuse = (reason: Words) => badImage(file, reason, { entry: entry.path });
  const { size, packedSize } = entry;
  const isHuge = Math.max(size, packedSize) > maximum;
  if (isHuge || size > harmlessSize && size > packedSize * mostRatio) {
    throw refuse(text`it would unpack from ${byteSize(packedSize)} to ${byteSize(size)}`);
  }
  const packed = archive.read(entry.dataOffset, packedSize);
  const content = entry.method === 0 ? packed : inflate(packed, size, refuse);
  if (content.length !== size) throw refuse(text`its size differs from the size in the archive`);
  const computed = builtin.zlib.crc32(content);
  if (computed !== entry.crc32) throw refuse(text`it is damaged, its CRC does not match`);
  return content;
}

function inflate(
  packed: Uint8Array,
  size: number,
  refuse: (reason: Words) => UnbrickError,
): Uint8Array {
  try {
    // The extra byte shows whether there is more.
    const inflated = builtin.zlib.inflateRawSync(packed, { maxOutputLength: size + 1 });
    return new Uint8Array(inflated.buffer, inflated.byteOffset, inflated.length);
  } catch (error) {
    throw refuse(
      text`it cannot be unpacked (${error instanceof Error ? error.message : String(error)})`,
    );
  }
}
