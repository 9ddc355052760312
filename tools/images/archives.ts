import { replaceFile } from "../files.ts";
import { cacheFolder } from "../targets.ts";
import { download } from "./download.ts";
import type { LockedArchive } from "./lock_file.ts";
import { refuseOther } from "./locked_set.ts";

/**
 * Returns an archive of the lock, from `.cache/images/` if it was downloaded before.
 * @throws Error that names the address: it cannot be had, or is another file
 */
export async function lockedArchive(
  archive: LockedArchive,
  cache: URL = new URL("images/", cacheFolder),
): Promise<Uint8Array> {
  const kept = new URL(archive.sha256, cache);
  const there = await Deno.readFile(kept).catch(() => undefined);
  if (there) {
    try {
      refuseOther(archive, there, kept.pathname);
      return there;
    } catch {
      // It is downloaded again.
    }
  }
  const { address, redirects, size } = archive;
  const { bytes } = await download(address, { maximum: size, redirects });
  refuseOther(archive, bytes, address);
  await replaceFile(kept, bytes);
  return bytes;
}
