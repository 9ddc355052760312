import assert from "node:assert/strict";
import { distinct, isSame, joined, list, sentences, text } from "./text.ts";

Deno.test("a text is English as a string and in JSON", () => {
  const size = text`${3} bytes`;
  const said = text`Wrote ${size} to ${"{1} a.bin"}.`;
  assert.equal(`${said}`, "Wrote 3 bytes to {1} a.bin.");
  assert.equal(JSON.stringify({ said }), '{"said":"Wrote 3 bytes to {1} a.bin."}');
  assert.deepEqual([said.key, said.values], ["Wrote {1} to {2}.", [size, "{1} a.bin"]]);
});

Deno.test("a line break in the source becomes a space", () => {
  assert.equal(
    text`One sentence
      of ${2} lines.`.key,
    "One sentence of {1} lines.",
  );
});

Deno.test("lists and paragraphs omit what is empty", () => {
  assert.equal(String(list([text`one`, undefined, "two", false, ""])), "one, two");
  assert.equal(String(sentences(text`One.`, false, text`Two.`)), "One. Two.");
  assert.equal(String(joined(["a", "b"], text` or `)), "a or b");
});

Deno.test("words are equal if they say the same", () => {
  assert.ok(isSame(text`one`, "one") && !isSame(text`one`, undefined));
  assert.deepEqual(distinct([text`one`, text`two`, text`one`]).map(String), ["one", "two"]);
});
