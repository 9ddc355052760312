import assert from "node:assert/strict";
import fc from "fast-check";
import { LayoutTable, strtoul } from "./layout_table_model.ts";

const ROW = "P\t0x3\text\tBinary\tnone\t0x0\n";

function parse(...texts: string[]) {
  const table = new LayoutTable();
  const outcomes = texts.map((text) => table.parse(new TextEncoder().encode(text)));
  const rows = Array.from({ length: Math.min(table.count, 16) }, (_, at) => table.row(at));
  return { outcome: outcomes.at(-1), count: table.count, rows };
}

Deno.test("strtoul with base 0: hexadecimal, octal, trailing characters, -1, overflow", () => {
  const cases: [text: string, value: number | undefined][] = [
    ["0x1F", 31],
    ["010", 8],
    ["08", 0],
    ["12abc", 12],
    [" \t7", 7],
    ["-1", 0xFFFF_FFFF],
    ["0xFFFFFFFF", 0xFFFF_FFFF],
    ["0x100000000", undefined],
    ["4294967296", undefined],
    ["", undefined],
    ["Id", undefined],
    ["0x", 0],
  ];
  for (const [text, value] of cases) assert.equal(strtoul(text), value, text);
});

Deno.test("rows are read, and a second layout adds to the first", () => {
  const { outcome, rows } = parse(ROW, "P\t4\ta\tBinary\tnor0\t0x10000\n");
  assert.equal(outcome, "accepted");
  assert.deepEqual(rows, [{ id: 3, offset: 0 }, { id: 4, offset: 0x10000 }]);
});

Deno.test("a seventh column makes it hang, an empty one does not", () => {
  assert.equal(parse(ROW.replace("\n", "\tx\n")).outcome, "hung");
  assert.deepEqual(parse(ROW.replace("\n", "\t\n")).outcome, "accepted");
  assert.equal(parse(ROW.replace("\n", "\t\n")).count, 1);
});

Deno.test("a comment in the first line rejects the layout; in a later one it makes it hang", () => {
  assert.equal(parse("#Opt\tId\tName\tType\tIP\tOffset\tBinary\n" + ROW).outcome, "rejected");
  assert.equal(parse("#Opt\tId\tName\tType\tIP\tOffset\tBinary\n" + ROW).count, 0);
  assert.equal(parse(ROW + "# note\n").outcome, "hung");
});

Deno.test("a last row without LF does not count", () => {
  assert.equal(parse(ROW + ROW.trimEnd()).count, 1);
  assert.equal(parse(ROW.trimEnd()).count, 0);
});

Deno.test("a short row keeps the values of the previous row", () => {
  const { outcome, rows } = parse(ROW.replace("0x0", "0x40") + "P\t0x4\n");
  assert.equal(outcome, "accepted");
  assert.deepEqual(rows[1], { id: 4, offset: 0x40 });
});

Deno.test("blank lines and CR LF do no harm", () => {
  assert.deepEqual(parse(ROW.replace("\n", "\r\n") + "\n" + ROW).rows, [
    { id: 3, offset: 0 },
    { id: 3, offset: 0 },
  ]);
});

Deno.test("what was read before a bad row still counts", () => {
  const { outcome, count } = parse(ROW + ROW + "P\tno\ta\tBinary\tnone\t0x0\n");
  assert.deepEqual([outcome, count], ["rejected", 2]);
});

Deno.test("the sixteenth row is rejected and its offset becomes the count", () => {
  const { outcome, count } = parse(ROW.repeat(15) + ROW.replace("0x0", "0x7"));
  assert.deepEqual([outcome, count], ["rejected", 7]);
  assert.deepEqual(parse(ROW.repeat(15)).count, 15);
});

Deno.test("a field of 33 characters destroys the stack", () => {
  assert.equal(parse(ROW.replace("ext", "e".repeat(32))).outcome, "accepted");
  assert.equal(parse(ROW.replace("ext", "e".repeat(33))).outcome, "hung");
});

Deno.test("property: the parser always ends, for any input", () => {
  const piece = fc.constantFrom("P", "\t", "\n", "\r", "0x4", "none", "#", "-1", "x");
  fc.assert(fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
    assert.ok(["accepted", "rejected", "hung"].includes(parse(pieces.join("")).outcome!));
  }));
});

Deno.test("memory behind the last row, and without any, reads as zeros", () => {
  const table = new LayoutTable();
  const zeros = { id: 0, offset: 0 };
  assert.deepEqual([table.row(0), table.row(14)], [zeros, zeros]);
  table.parse(new TextEncoder().encode(ROW));
  assert.deepEqual([table.row(0).id, table.row(1)], [3, zeros]);
});
