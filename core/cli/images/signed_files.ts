import { UnbrickError } from "../../common/errors.ts";
import { sha256 } from "../../common/sha256.ts";
import { trustIn } from "../../image/signature.ts";
import type { Context } from "../context.ts";
import { allSets, imageSets, pinnedKey } from "./image_sets.ts";
import { text } from "../../common/text.ts";

/**
 * Checks a file that another tool's command line writes. If a key is pinned, the file must be part
 * of a set signed with it, byte for byte. The command line itself names the address.
 *
 * @param name Name of the file, for people.
 * @param publicKey File of the key; if omitted, the built-in key is used.
 * @throws UnbrickError `bad-image` if no such set lists it
 */
export function refuseUnsignedFile(
  context: Context,
  bytes: Uint8Array,
  name: string,
  publicKey?: string,
): void {
  const pinned = pinnedKey({ context, options: { publicKey } });
  if (!pinned) return;
  const hash = sha256(bytes);
  const isSigned = allSets(imageSets({ context })).some(({ pack }) =>
    trustIn(pack, pinned) === "signed" && pack.manifest.files.some((file) => file.sha256 === hash)
  );
  if (isSigned) return;
  throw new UnbrickError(
    "bad-image",
    text`No image set signed with the pinned key ${pinned.id} contains ${name}.`,
    { file: name, sha256: hash, pinnedKey: pinned.id },
  );
}
