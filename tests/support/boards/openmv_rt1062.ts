/** Real files of the vendor, kept beside the repository, never in it. */
const folder = new URL("../../../../shared/data/rt1062/", import.meta.url);

export type RealFile = "sdphost_flash_loader.bin" | "blhost_flash_loader.bin";

/** True if the real files are there; tests that need them are skipped, and say so, if not. */
export const hasRealFiles = isFolder(folder);
if (!hasRealFiles) console.log("skipped: the real RT1062 files are not in ../shared/data/rt1062");

export function realFile(name: RealFile): Uint8Array<ArrayBuffer> {
  return Deno.readFileSync(new URL(name, folder));
}

function isFolder(url: URL): boolean {
  try {
    return Deno.statSync(url).isDirectory;
  } catch {
    return false;
  }
}
