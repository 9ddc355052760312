import assert from "node:assert/strict";
import { plural, text } from "../../common/text.ts";
import { Catalogue } from "./catalogue.ts";
import { formsOf } from "./po_forms.ts";

const header = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n';
const catalogue = new Catalogue(
  formsOf(
    header + `
msgid "Write the {1} to {2}."
msgstr "把{1}写入 {2}。"

msgid "firmware"
msgstr "固件"

msgid "camera"
msgstr "相机"

msgid "{1} board"
msgid_plural "{1} boards"
msgstr[0] "{1} 块板子"

msgid "Not yet."
msgstr ""

#, fuzzy
msgid "As it was."
msgstr "从前。"
`,
  ),
  "zh",
);

Deno.test("a text as a value is translated; data is not, even if it equals a key", () => {
  assert.equal(
    catalogue.translate(text`Write the ${text`firmware`} to ${"firmware"}.`),
    "把固件写入 firmware。",
  );
  assert.equal(catalogue.translate(text`Write the ${"camera"} to ${7}.`), "把 camera 写入 7。");
});

Deno.test("both forms of a plural have the same translation if the language has one form", () => {
  const boards = (count: number) => plural(count, text`${count} board`, text`${count} boards`);
  assert.deepEqual([1, 2].map(boards).map(String), ["1 board", "2 boards"]);
  assert.deepEqual([1, 2].map((count) => catalogue.translate(boards(count))), [
    "1 块板子",
    "2 块板子",
  ]);
});

Deno.test("a language with several forms gets the form for the count", () => {
  const polish = new Catalogue(
    formsOf(
      header + `
msgid "{1} file"
msgid_plural "{1} files"
msgstr[0] "{1} plik"
msgstr[1] "{1} pliki"
msgstr[2] "{1} plików"
`,
    ),
    "pl",
  );
  const files = (count: number) =>
    polish.translate(plural(count, text`${count} file`, text`${count} files`));
  assert.deepEqual([1, 2, 5].map(files), ["1 plik", "2 pliki", "5 plików"]);
});

Deno.test("a sentence without a translation, or with a fuzzy one, is English", () => {
  assert.equal(catalogue.translate(text`Not yet.`), "Not yet.");
  assert.equal(catalogue.translate(text`As it was.`), "As it was.");
  assert.equal(
    catalogue.translate(text`Nobody wrote ${text`camera`} down.`),
    "Nobody wrote 相机 down.",
  );
});
