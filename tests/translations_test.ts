import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { sentencesOf } from "../tools/language/extract.ts";
import { entriesOf, isTranslated, renewed } from "../tools/language/po_file.ts";
import { translationFiles } from "../tools/language/translations.ts";
import { allSentences, missing } from "../tools/sentences.ts";

/** Tests the PO files, and how they are renewed from the sources. */

const holes = (text: string) => [...text.matchAll(/\{\d+\}/g)].map(([hole]) => hole).sort();

for (const file of translationFiles()) {
  const name = file.pathname.split("/").at(-1);
  const source = Deno.readTextFileSync(file);

  Deno.test(`${name}: a translation has the same placeholders as its sentence`, () => {
    const wrong = entriesOf(source).filter(isTranslated).filter(({ msgid, msgid_plural, msgstr }) =>
      msgstr.some((form) => `${holes(form)}` !== `${holes(msgid_plural ?? msgid)}`)
    );
    assert.deepEqual(wrong.map(({ msgid }) => msgid), []);
  });

  const msgfmt = "/usr/bin/msgfmt";
  const isThere = (() => {
    try {
      return Deno.statSync(msgfmt).isFile;
    } catch {
      return false;
    }
  })();
  Deno.test({
    name: `${name}: msgfmt --check passes${isThere ? "" : " (skipped: no msgfmt here)"}`,
    ignore: !isThere,
    async fn() {
      const { success, stderr } = await new Deno.Command(msgfmt, {
        args: ["--check", "-o", "/dev/null", fileURLToPath(file)],
      }).output();
      assert.ok(success, new TextDecoder().decode(stderr));
    },
  });
}

Deno.test("the sources contain sentences with and without a plural", () => {
  const all = allSentences();
  assert.ok(all.length > 1000);
  assert.ok(all.some(({ key, plural }) => key === "{1} board" && plural === "{1} boards"));
});

const po = (body: string) =>
  `msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n${body}`;
const found = (source: string) => sentencesOf("a.ts", source);

Deno.test("texts, nested texts and plurals are found; data is not", () => {
  const source = 'f(text`Wrote ${n} to ${text`the camera`}.`, "Not this one.", ' +
    "plural(n, text`${n} file`, text`${n} files`), text`${a}${b}`, text`One\n  line.`);";
  assert.deepEqual(found(source).map(({ key, plural }) => [key, plural]), [
    ["Wrote {1} to {2}.", undefined],
    ["the camera", undefined],
    ["{1} file", "{1} files"],
    ["One line.", undefined],
  ]);
});

Deno.test("a renewal keeps translations, marks changed ones fuzzy, and removes those whose sentence is gone", () => {
  const before = po(`
msgid "The camera was read in {1}."
msgstr "{1} 读取了相机。"

msgid "The old camera was written in {1}."
msgstr "{1} 写入了旧相机。"

msgid "Gone."
msgstr "没了。"
`);
  const sentences = found(
    "text`The camera was read in ${t}.`, text`The camera was written in ${t}.`, text`New here.`",
  );
  const after = renewed(before, sentences);
  const entries = entriesOf(after);
  assert.deepEqual(entries.map(({ msgid, msgstr }) => [msgid, ...msgstr]), [
    ["The camera was read in {1}.", "{1} 读取了相机。"],
    ["The camera was written in {1}.", "{1} 写入了旧相机。"],
    ["New here.", ""],
  ]);
  assert.deepEqual(entries.map(isTranslated), [true, false, false]);
  assert.match(entries[1].comments!.previous!, /The old camera was written/);
  assert.equal(renewed(after, sentences), after);
  assert.deepEqual(missing(before, sentences).map(({ msgid }) => msgid), [
    "The camera was written in {1}.",
    "New here.",
  ]);
});
