import { families } from "../tests/support/boards/families.ts";
import { checkedBoards, importSet } from "../core/image/import_set.ts";
import { manifestName, signatureName } from "../core/image/manifest_set.ts";
import { keyName } from "../core/image/pack.ts";
import { readPublicKey, refuseUntrusted } from "../core/image/signature.ts";
import { openSource } from "../core/image/source.ts";

/**
 * Returns what replaces `images/` in an executable: another set, a pinned key, or both.
 * @param source what `unbrick images import` accepts; every file is checked in the same way
 * @param keyFile an Ed25519 public key, PEM: the set must be signed with it, now and at each use
 * @returns files by path below `images/`
 * @throws UnbrickError `not-found`, `bad-image`, `wrong-board`
 */
export function bundledImages(
  source: string,
  keyFile?: string,
): ReadonlyMap<string, Uint8Array> {
  const { files } = importSet(openSource(source), checkedBoards(families));
  if (keyFile === undefined) return files;
  const pem = Deno.readFileSync(keyFile);
  const signature = files.get(signatureName);
  refuseUntrusted(
    { manifestBytes: files.get(manifestName)!, ...(signature && { signature }) },
    source,
    readPublicKey(pem, keyFile),
  );
  return new Map([...files, [keyName, pem]]);
}
