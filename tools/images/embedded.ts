import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { realFolder } from "../../core/image/pack.ts";
import type { Component } from "../components.ts";
import { filesBelow } from "../stage.ts";
import { projectRoot } from "../targets.ts";
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
  const folder = new URL("images/", projectRoot);
  const practice = filesBelow(folder).map((file) =>
    [
      relative(fileURLToPath(folder), fileURLToPath(file)).replaceAll("\\", "/"),
      Deno.readFileSync(file),
    ] as const
  );
  return {
    images: new Map([
      ...practice,
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
