import { asUnbrickError, failureOf, type UnbrickError } from "../../common/errors.ts";
import { byteSize } from "../../common/format.ts";
import { type Candidate, setNamed } from "../../image/choose_set.ts";
import { loadListedImage } from "../../image/manifest.ts";
import { type PublicKey, refuseUntrusted, trustIn } from "../../image/signature.ts";
import { allSets, imageSets, pinnedKey } from "./image_sets.ts";
import { wrap } from "../terminal/layout.ts";
import { printJson, printLines, type Session } from "../session.ts";
import { makeStyle } from "../terminal/style.ts";
import { plural, text, type Words } from "../../common/text.ts";

/**
 * `images verify [SET]`: checks every file against its hash, and the signature if a key is pinned.
 */
export function verifySets(session: Session, name: string | undefined): number {
  const sets = imageSets(session);
  const pinned = pinnedKey(session);
  const broken = sets.broken.filter((set) => name === undefined || set.name === name);
  const chosen = name === undefined
    ? allSets(sets)
    : broken.length > 0
    ? []
    : [setNamed(name, allSets(sets))];
  const results = [
    ...chosen.map((set) => ({ name: set.name, ...verified(set, pinned) })),
    ...broken.map(({ name, error }) => ({ name, error, claim: "" })),
  ];
  const style = makeStyle(session.console);
  for (const { name, error, claim } of results) {
    if (session.options.json) {
      const result = error ? { error: failureOf(error) } : { claim };
      printJson(session, { type: "verified-set", name, intact: !error, ...result });
    } else {
      const lines = wrap(
        text`${name}: ${error ? error.text : claim}`,
        session.console.columns,
        `${error ? style.failed : style.done} `,
      );
      printLines(session, lines.map(error ? style.bad : style.good));
    }
  }
  return results.find(({ error }) => error)?.error?.exitCode ?? 0;
}

interface Verified {
  readonly claim: Words;
  readonly error?: UnbrickError;
}

function verified({ name, pack }: Candidate, pinned: PublicKey | undefined): Verified {
  try {
    refuseUntrusted(pack, text`The set ${name}`, pinned);
    let total = 0;
    for (const file of pack.manifest.files) {
      const bytes = pack.files.read(file.path);
      loadListedImage(bytes, file, pack.files.sourceOf(file.path));
      total += bytes.length;
    }
    const count = pack.manifest.files.length;
    const files = plural(count, text`${count} file`, text`${count} files`);
    return {
      claim: text`${files}, ${byteSize(total)}: every file has the hash of the manifest.
        ${signed(pack, pinned)}`,
    };
  } catch (error) {
    return { claim: "", error: asUnbrickError(error) };
  }
}

function signed(pack: Candidate["pack"], pinned: PublicKey | undefined): Words {
  const trust = trustIn(pack, pinned);
  if (trust === "signed") return text`The manifest is signed with the pinned key ${pinned!.id}.`;
  return trust === "unchecked"
    ? text`The manifest is signed. To check the signature, name the key with --public-key FILE.`
    : text`The manifest is not signed.`;
}
