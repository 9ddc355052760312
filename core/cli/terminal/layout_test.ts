import assert from "node:assert/strict";
import fc from "fast-check";
import { eastAsianWidth } from "get-east-asian-width";
import { columnsOf, padded } from "./columns.ts";
import { cut, table, wrap } from "./layout.ts";

Deno.test("a Chinese character takes two columns, a combining mark none", () => {
  assert.equal(columnsOf("abc"), 3);
  assert.equal(columnsOf("引导程序"), 8);
  assert.equal(columnsOf("写入 ROMFS。"), 12);
  assert.equal(columnsOf("é"), 1);
  assert.equal(columnsOf("✓ █░"), 4);
  assert.equal(padded("固件", 6) + "|", "固件  |");
});

Deno.test("each character has the width that Unicode gives it, however its text is measured", () => {
  for (let code = 0x3000; code <= 0xffff; code++) {
    const sign = String.fromCharCode(code);
    if (/[\p{Mark}\p{Surrogate}]/u.test(sign)) continue;
    assert.equal(columnsOf(sign), eastAsianWidth(code), code.toString(16));
  }
});

Deno.test("Chinese text may break between any two characters, but not before a closing or after an opening one", () => {
  assert.deepEqual(wrap("拔下相机的所有线缆。", 10), ["拔下相机的", "所有线缆。"]);
  // The full stop and the closing bracket stay with the character before them.
  assert.deepEqual(wrap("拔下相机的线缆。", 14), ["拔下相机的线", "缆。"]);
  assert.deepEqual(wrap("等待（最多两分）。", 11), ["等待（最多", "两分）。"]);
  assert.deepEqual(wrap("把此设备（相机）拔下", 11), ["把此设备", "（相机）拔", "下"]);
  assert.deepEqual(wrap("写入 firmware.bin 之后", 12, "- "), [
    "- 写入",
    "  firmware.b",
    "  in 之后",
  ]);
});

Deno.test("no line is wider than the terminal, and nothing is lost", () => {
  const text = fc.array(fc.constantFrom(..."固件引导程序。，（）abc de-f:1 ".split("")))
    .map((signs) => signs.join("").replaceAll(/ +/g, " ").trim());
  fc.assert(fc.property(text, fc.integer({ min: 12, max: 40 }), (text, width) => {
    const lines = wrap(text, width, "- ");
    // Closing characters that stay with their word may exceed the width.
    for (const line of lines) assert.ok(columnsOf(line) <= width, `${line} in ${width}`);
    const joined = lines.map((line) => line.slice(2)).join("");
    assert.equal(joined.replaceAll(" ", ""), text.replaceAll(" ", ""));
  }));
});

Deno.test("cut and table count columns", () => {
  assert.equal(cut("等待相机的引导程序", 11), "等待相机...");
  assert.equal(cut("等待相机", 8), "等待相机");
  assert.deepEqual(table([["固件", "1", "x"], ["abcdef", "22", "y"]]), [
    "固件    1   x",
    "abcdef  22  y",
  ]);
});
