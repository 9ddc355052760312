import { byteSize } from "../../common/format.ts";
import { setNamed } from "../../image/choose_set.ts";
import { signatureName } from "../../image/manifest_set.ts";
import { filesOf } from "../../image/set_files.ts";
import { publicKeyOf, refuseUntrusted, signManifest } from "../../image/signature.ts";
import { makeZip } from "../../image/zip_writer.ts";
import { allSets, imageSets, pinnedKey, signingKey } from "./image_sets.ts";
import { wrap } from "../terminal/layout.ts";
import { checkNew, writeNew } from "../pages/output_file.ts";
import { printJson, printLines, type Session } from "../session.ts";
import { makeStyle } from "../terminal/style.ts";
import { plural, text } from "../../common/text.ts";

/**
 * `images export SET FILE`: writes a zip for `images import`, signed again if a key is given.
 * @throws UnbrickError `usage` if the file already exists, `not-found`, `bad-image`
 */
export function exportSet(
  session: Session,
  name: string,
  file: string,
  keyFile: string | undefined,
): number {
  checkNew(file);
  const { pack } = setNamed(name, allSets(imageSets(session)));
  const key = keyFile === undefined ? undefined : signingKey(keyFile);
  const files = new Map(filesOf(pack));
  if (key) files.set(signatureName, signManifest(pack.manifestBytes, key));
  else refuseUntrusted(pack, text`The set ${name}`, pinnedKey(session));
  const zip = makeZip(files);
  writeNew(file, zip);
  const signer = key && publicKeyOf(key).id;
  if (session.options.json) {
    const facts = { set: name, file, bytes: zip.length, signedWith: signer ?? null };
    printJson(session, { type: "exported", ...facts });
    return 0;
  }
  const style = makeStyle(session.console);
  const size = plural(files.size, text`${files.size} file`, text`${files.size} files`);
  const what = text`${size}, ${byteSize(zip.length)}`;
  printLines(
    session,
    wrap(
      signer
        ? text`The set ${name} was written to ${file}: ${what}, signed with the key ${signer}.`
        : text`The set ${name} was written to ${file}: ${what}.`,
      session.console.columns,
      `${style.done} `,
    ).map(style.good),
  );
  return 0;
}
