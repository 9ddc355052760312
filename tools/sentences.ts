import { type Sentence, sentencesOf } from "./language/extract.ts";
import { entriesOf, type Entry, isTranslated, renewed } from "./language/po_file.ts";
import { translationFiles } from "./language/translations.ts";
import { projectRoot } from "./targets.ts";

/**
 * Renews the translations (core/cli/language/*.po) from the sentences of the sources. With
 * `--check` it writes nothing and warns about sentences without a translation, which appear in
 * English; with `--release` it fails if there are any.
 */

/** Returns the sentences of the program, file by file. */
export function allSentences(): Sentence[] {
  return ["boards/", "core/", "ffi/", "main.ts", "program.ts"].flatMap(sources)
    .flatMap((path) => sentencesOf(path, Deno.readTextFileSync(new URL(path, projectRoot))));
}

function sources(path: string): string[] {
  if (!path.endsWith("/")) return /(?<!_test)\.ts$/.test(path) ? [path] : [];
  return [...Deno.readDirSync(new URL(path, projectRoot))]
    .sort((one, other) => one.name < other.name ? -1 : 1)
    .flatMap(({ name, isDirectory }) => sources(path + name + (isDirectory ? "/" : "")));
}

/** Returns the sentences of the sources without a translation in a PO file. */
export function missing(source: string, sentences: readonly Sentence[]): Entry[] {
  return entriesOf(renewed(source, sentences)).filter((entry) => !isTranslated(entry));
}

if (import.meta.main) {
  const sentences = allSentences();
  const [option] = Deno.args;
  let count = 0;
  for (const file of translationFiles()) {
    const source = Deno.readTextFileSync(file);
    const name = file.pathname.split("/").at(-1);
    if (option === undefined) Deno.writeTextFileSync(file, renewed(source, sentences));
    const open = missing(source, sentences);
    count += open.length;
    for (const { msgid, comments } of open) {
      console.log(`${name}: no translation, shown in English: ${JSON.stringify(msgid)}`);
      console.log(`  ${comments?.reference?.replaceAll("\n", ", ")}`);
    }
    console.log(`${name}: ${open.length} of ${sentences.length} sentences have no translation`);
  }
  if (option === "--release" && count > 0) Deno.exit(1);
}
