import { fileURLToPath } from "node:url";
import { realFolder } from "../../core/image/pack.ts";
import type { Component } from "../components.ts";
import { ownImages } from "../stage.ts";
import { lockedArchive } from "./archives.ts";
import { parseLock } from "./lock_file.ts";
import { lockedSet } from "./locked_set.ts";

/** What `build --locked-images` embeds besides the program. */
export interface Embedded {
  /** By path below `images/`: the images for simulated cameras, and the real ones. */
  readonly images: ReadonlyMap<string, Uint8Array>;
  /** A part of the executable for each accepted licence, with its notice. */
  readonly notices: readonly Component[];
}

/**
 * Fetches the images that a lock names, checks them, and signs their set if there is a key.
 * @param keyFile an Ed25519 private key, PEM
 * @param say receives a line about what is embedded, and what is not
 * @throws Error that names the file and the reason
 */
export async function lockedImages(
  lockFile: URL,
  keyFile: string | undefined,
  say: (line: string) => void,
): Promise<Embedded> {
  const lock = parseLock(await Deno.readTextFile(lockFile), fileURLToPath(lockFile));
  const key = keyFile === undefined ? undefined : await Deno.readFile(keyFile);
  const { files, refused } = await lockedSet(lock, lockedArchive, key);
  const accepted = lock.licences.filter(({ decision }) => decision === "accepted");
  say(`embedded: ${lock.files.length - refused.length} images of firmware ${lock.version}`);
  for (const [licence, left] of Map.groupBy(refused, ({ licence }) => licence)) {
    say(`not embedded: ${left.length} images, because ${licence} was refused`);
  }
  return {
    images: new Map([
      ...ownImages(),
      ...[...files].map(([path, bytes]) => [realFolder + path, bytes] as const),
    ]),
    notices: accepted.map(({ id, licence, notice, source }) => ({
      name: id,
      version: lock.version,
      licence,
      text: `${source}\n\n${notice}`,
      purl: `pkg:generic/${id}@${lock.version}`,
    })),
  };
}
