import assert from "node:assert/strict";
import fc from "fast-check";
import { UnbrickError } from "../../../common/errors.ts";
import { markedTexts } from "../../../../tests/support/images/marked_texts.ts";
import { byteSum } from "./byte_sum.ts";
import { COLUMNS, parseFlashLayout } from "./flash_layout.ts";
import { HeaderV1 } from "./header_v1.ts";
import { deviceText, layoutDownload } from "./layout_download.ts";
import { checkLayout, checkLayoutSizes, type LayoutLimits } from "./layout_rules.ts";

const limits: LayoutLimits = { flashSize: 0x200_0000, eraseUnit: 0x1_0000, writableEnd: 0x8_0000 };
const HEAD = "#Opt\tId\tName\tType\tIP\tOffset\tBinary";
const FSBL = "P\t0x1\tfsbl-openbl\tBinary\tnone\t0x0\tobl.stm32";
const LOADER = "P\t0x3\tfsbl-extfl\tBinary\tnone\t0x0\tloader.bin";
const APP = "P\t0x4\tfsbl-app\tBinary\tnor0\t0x0000000\tbootloader.bin";

const bytesOf = (text: string) => new TextEncoder().encode(text);
const parse = (...lines: string[]) => parseFlashLayout(bytesOf(lines.join("\n")), "FL.tsv");

function read(...lines: string[]) {
  const layout = parse(...lines);
  checkLayout(layout, limits);
  checkLayoutSizes(layout, limits, (row) => row.fields.Binary.text === "gone" ? undefined : 1000);
  return layout;
}

Deno.test("the usual layout is read: fields, numbers, lines", () => {
  const layout = read(HEAD, FSBL, LOADER, APP);
  assert.deepEqual(layout.rows.map(({ line, id, offset }) => ({ line, id, offset })), [
    { line: 2, id: 1, offset: 0 },
    { line: 3, id: 3, offset: 0 },
    { line: 4, id: 4, offset: 0 },
  ]);
  assert.deepEqual(layout.rows[2].fields.Binary, { text: "bootloader.bin", column: 38 });
});

Deno.test("a byte order mark, as Windows programs write it, changes nothing", () => {
  const lines = [HEAD, FSBL, LOADER, APP];
  for (const [encoding, bytes] of markedTexts(lines.join("\r\n"))) {
    assert.deepEqual(parseFlashLayout(bytes, "FL.tsv"), parse(...lines), encoding);
  }
});

Deno.test("the camera gets six columns, no comment, LF at the end of every row", () => {
  const layout = read(HEAD, FSBL, "", "# note", LOADER + "\r", APP);
  const text = deviceText(layout);
  assert.equal(
    text,
    "P\t0x1\tfsbl-openbl\tBinary\tnone\t0x0\n" +
      "P\t0x3\tfsbl-extfl\tBinary\tnone\t0x0\n" +
      "P\t0x4\tfsbl-app\tBinary\tnor0\t0x0000000\n",
  );
  assert.equal(text.length, 104); // both numbers: stm32n6-serial-boot.md A.4
  assert.equal(byteSum(bytesOf(text)), 0x1F3B);
  const block = layoutDownload(layout);
  assert.equal(block.length, 360);
  assert.deepEqual(HeaderV1.decode(block), {
    checksum: 0x1F3B,
    length: 104,
    optionFlags: 1,
    binaryType: 0,
  });
});

/**
 * Every rule of A.2 and A.3: the lines, the place of the error (line, column), and a word of the
 * message.
 */
const refusals: [name: string, lines: string[], line: number, column: number, word: RegExp][] = [
  ["empty file", [], 1, 1, /empty/],
  ["only comments", [HEAD, "#"], 1, 1, /no rows/],
  ["zero byte", [HEAD, "P\t0x1\0"], 2, 6, /zero byte/],
  ["six columns", [FSBL, "P\t0x3\tn\tBinary\tnone\t0x0"], 2, 24, /6 columns/],
  ["eight columns", [FSBL + "\tmore"], 1, 45, /8 columns/],
  ["strange Opt letter", ["X" + FSBL.slice(1)], 1, 1, /letter "X"/],
  ["lower-case p", ["p" + FSBL.slice(1)], 1, 1, /letter "p"/],
  ["Opt without P", ["D" + FSBL.slice(1)], 1, 1, /has no P/],
  ["Opt minus with P", ["-P" + FSBL.slice(1)], 1, 1, /letter "-"/],
  ["needed row switched off", [FSBL, "-" + LOADER.slice(1), APP], 2, 1, /switched off/],
  ["needed row left empty", [FSBL, LOADER, "PE" + APP.slice(1)], 3, 1, /nothing would be restored/],
  ["Id no number", [FSBL.replace("0x1", "one")], 1, 3, /not a number/],
  ["Id octal", [FSBL.replace("0x1", "01")], 1, 3, /octal/],
  ["Id with trailing letters", [FSBL.replace("0x1", "1x")], 1, 3, /not a number/],
  ["Id too large", [FSBL.replace("0x1", "0xF1")], 1, 3, /not an id of a row/],
  ["Id twice", [FSBL, LOADER, APP, APP], 4, 3, /twice/],
  ["Id of another chip", [FSBL, LOADER, APP, APP.replace("0x4", "0x10")], 4, 3, /discarded/],
  ["Id of the layout itself", [APP.replace("0x4", "0x0")], 1, 3, /not a phase/],
  ["order", [FSBL, APP, LOADER], 3, 3, /must come before/],
  ["FSBL missing", [LOADER, APP], 2, 1, /Id 0x1 is missing/],
  ["loader missing", [FSBL, APP], 2, 1, /Id 0x3 is missing/],
  ["bootloader missing", [FSBL, LOADER], 2, 1, /Id 0x4 is missing/],
  ["unknown type", [FSBL.replace("Binary", "Text")], 1, 19, /not a type/],
  ["type of another chip", [FSBL.replace("Binary", "FIP"), LOADER, APP], 1, 19, /must be Binary/],
  ["unknown memory", [FSBL.replace("none", "nor10")], 1, 26, /not a memory/],
  ["loader into flash", [FSBL, LOADER.replace("none", "nor0"), APP], 2, 25, /must be none/],
  ["bootloader into RAM", [FSBL, LOADER, APP.replace("nor0", "none")], 3, 23, /must be nor0/],
  ["bootloader into eMMC", [FSBL, LOADER, APP.replace("nor0", "mmc0")], 3, 23, /must be nor0/],
  ["Offset no number", [APP.replace("0x0000000", "0x")], 1, 28, /not a number/],
  ["Offset negative", [APP.replace("0x0000000", "-1")], 1, 28, /not a number/],
  ["Offset of 33 bits", [APP.replace("0x0000000", "0x100000000")], 1, 28, /32 bits/],
  ["Offset boot1", [FSBL, LOADER, APP.replace("0x0000000", "boot1")], 3, 28, /not a number/],
  ["Offset not aligned", [FSBL, LOADER, APP.replace("0x0000000", "0x8000")], 3, 28, /erase unit/],
  [
    "Offset outside the bootloader's region",
    [FSBL, LOADER, APP.replace("0x0000000", "0x80000")],
    3,
    28,
    /outside the bootloader's region/,
  ],
  [
    "Offset beyond the flash",
    [FSBL, LOADER, APP.replace("0x0000000", "0x2000000")],
    3,
    28,
    /flash/,
  ],
  ["no file named", [FSBL, LOADER, APP.replace("bootloader.bin", "")], 3, 38, /no file is named/],
  ["file missing", [FSBL, LOADER, APP.replace("bootloader.bin", "gone")], 3, 38, /no file "gone"/],
  [
    "second partition inside the first",
    [FSBL, LOADER, APP.replace("0x0000000", "0x10000"), APP.replace("0x4", "0x5")],
    4,
    28,
    /is inside/,
  ],
  ["name not ASCII", [FSBL.replace("fsbl", "fübl"), LOADER, APP], 1, 7, /ASCII/],
  ["name empty", [FSBL.replace("fsbl-openbl", " "), LOADER, APP], 1, 7, /empty/],
  ["name too long", [FSBL.replace("fsbl", "f".repeat(40)), LOADER, APP], 1, 7, /too long/],
  ["16 rows", [FSBL, LOADER, ...Array(14).fill(APP)], 16, 1, /16 rows/],
];

for (const [name, lines, line, column, word] of refusals) {
  Deno.test(`refused with line and column: ${name}`, () => {
    assert.throws(() => read(...lines), (error) => {
      assert.ok(error instanceof UnbrickError, String(error));
      assert.match(error.message, word);
      assert.deepEqual([error.kind, error.data.line, error.data.column], [
        "bad-image",
        line,
        column,
      ]);
      assert.match(error.message, new RegExp(`line ${line}, column ${column}`));
      return true;
    });
  });
}

Deno.test("bytes that are no text are refused at their start", () => {
  const bytes = Uint8Array.of(0x50, 0x09, 0xC3, 0x28);
  assert.throws(() => parseFlashLayout(bytes, "FL.tsv"), (error) => {
    assert.ok(error instanceof UnbrickError && error.kind === "bad-image");
    assert.deepEqual([error.data.line, error.data.column], [1, 1]);
    return /not a text file \(invalid UTF-8\)/.test(error.message);
  });
});

Deno.test("files that do not fit are refused", () => {
  const layout = parse(FSBL, LOADER, APP);
  const size = (bytes: number) => () => checkLayoutSizes(layout, limits, () => bytes);
  assert.throws(size(0), /is empty/);
  assert.throws(size(0x8_0001), /0x80001, outside the bootloader's region/);
  assert.throws(size(0x200_0001), /beyond the flash/);
  size(0x8_0000)();
});

Deno.test("text that does not fit in one block is refused", () => {
  const wide = (row: string) => row.replace(/\t(fsbl-\w+)\t/, `\t${"n".repeat(32)}\t`);
  const layout = parse(...Array(15).fill(wide(APP)));
  assert.throws(() => layoutDownload(layout), /at most 767/);
});

Deno.test("a row 0x5 that is switched off is not sent", () => {
  const layout = read(FSBL, LOADER, APP, "-" + APP.slice(1).replace("0x4", "0x5"));
  assert.equal(deviceText(layout).split("\n").length, 4);
});

Deno.test("property: any bytes are read, or refused with a place inside the text", () => {
  const piece = fc.constantFrom(
    "P",
    "-",
    "\t",
    "\n",
    "\r",
    "0x1",
    "0x4",
    "Binary",
    "nor0",
    "#",
    "\0",
    "é",
  );
  fc.assert(fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
    const text = pieces.join("");
    try {
      for (const row of parse(text).rows) {
        assert.equal(Object.keys(row.fields).length, COLUMNS.length);
      }
    } catch (error) {
      assert.ok(error instanceof UnbrickError && error.kind === "bad-image", String(error));
      const { line, column } = error.data as { line: number; column: number };
      const found = text.split("\n")[line - 1] ?? "";
      assert.ok(column >= 1 && column <= new TextEncoder().encode(found).length + 1);
    }
  }));
});
