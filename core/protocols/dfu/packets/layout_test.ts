import assert from "node:assert/strict";
import fc from "fast-check";
import { isKind, UnbrickError } from "../../../common/errors.ts";
import { parseLayout, sectorAt, sectorsOf, segmentEnd } from "./layout.ts";

const KIB = 1024;
const summary = (text: string) =>
  parseLayout(text).segments.map((one) =>
    `${one.address.toString(16)} ${one.sectorCount}x${one.sectorSize} ${one.readable ? "r" : ""}${
      one.erasable ? "e" : ""
    }${one.writable ? "w" : ""}`
  );
const refused = (text: string) =>
  assert.throws(() => parseLayout(text), (error) => isKind(error, "protocol"), text);

Deno.test("layouts of real devices (dfu-dfuse.md B4)", () => {
  assert.deepEqual(summary("@Internal Flash  /0x08000000/04*016Kg,01*064Kg,07*128Kg"), [
    "8000000 4x16384 rew",
    "8010000 1x65536 rew",
    "8020000 7x131072 rew",
  ]);
  assert.deepEqual(summary("@Internal Flash   /0x08000000/16*128Kg"), ["8000000 16x131072 rew"]);
  assert.deepEqual(summary("@Option Bytes  /0x1FFFC000/01*016 e/0x1FFEC000/01*016 e"), [
    "1fffc000 1x16 rw",
    "1ffec000 1x16 rw",
  ]);
  assert.deepEqual(summary("@OTP Memory /0x1FFF7800/01*512 e,01*016 e"), [
    "1fff7800 1x512 rw",
    "1fff7a00 1x16 rw",
  ]);
  assert.deepEqual(summary("@OTP Memory /0x1FF07800/01*528e"), ["1ff07800 1x528 rw"]);
  assert.deepEqual(summary("@Internal Flash  /0x08000000/04*016Kg,01*64Kg,03*128Kg").length, 3);
  assert.deepEqual(summary("@Option Bytes  /0x1FF8000/01*128 e"), ["1ff8000 1x128 rw"]);
  assert.deepEqual(summary("@Internal Flash   /0x08000000/256*02Kg"), ["8000000 256x2048 rew"]);
  assert.deepEqual(summary("@Flash /0x08000000/08*04Ka,1000*04Kg"), [
    "8000000 8x4096 r",
    "8008000 1000x4096 rew",
  ]);
  assert.deepEqual(summary("@FSBL /0x01/1*1Me"), ["1 1x1048576 rw"]);
  assert.deepEqual(summary("@virtual /0xF1/1*512Ba"), ["f1 1x512 r"]);
});

Deno.test("Device Feature is readable and writable, whatever it says", () => {
  assert.deepEqual(summary("@Device Feature/0xFFFF0000/01*004 e"), ["ffff0000 1x4 rw"]);
  assert.deepEqual(summary("@Device Feature/0xFFFF0000/01*004 g"), ["ffff0000 1x4 rw"]);
});

Deno.test("spaces around the name and the address are removed", () => {
  assert.deepEqual(summary("@Flash / 0x08000000 /1*04Kg"), ["8000000 1x4096 rew"]);
  assert.equal(parseLayout("@Internal Flash   /0x08000000/16*128Kg").name, "Internal Flash");
  assert.equal(parseLayout("@Internal Flash   /0x08000000/16*128Kg").truncated, false);
});

Deno.test("a cut string yields what was complete", () => {
  const whole = "@Internal Flash  /0x08000000/04*016Kg,01*064Kg,07*128Kg";
  const cut = parseLayout(whole.slice(0, -1));
  assert.equal(cut.truncated, true);
  assert.equal(cut.segments.length, 2);
  assert.equal(segmentEnd(cut.segments[1]), 0x08020000);
  const group = parseLayout("@Option Bytes  /0x1FFFC000/01*016 e/0x1FFEC0");
  assert.equal(group.truncated, true);
  assert.equal(group.segments.length, 1);
});

Deno.test("invalid text is refused", () => {
  refused("");
  refused("Internal Flash /0x08000000/16*128Kg");
  refused("@Internal Flash");
  refused("@Internal Flash/08000000/16*128Kg");
  refused("@Internal Flash/0x08000000/");
  refused("@Internal Flash/0x08000000/16*128Kz");
  refused("@Internal Flash/0x08000000/0*128Kg");
  refused("@Internal Flash/0x08000000/16*0Kg");
  refused("@Internal Flash/0x08000000/99999*9999Mg");
  refused("@Internal Flash/0xF8000000/99*128Mg");
});

Deno.test("sectors are found by division, not with a mask", () => {
  const odd = parseLayout("@Flash /0x08000800/04*003Kg");
  assert.equal(sectorAt(odd, 0x08000800 + 3 * KIB)?.address, 0x08000800 + 3 * KIB);
  assert.equal(sectorAt(odd, 0x08000800 + 6 * KIB - 1)?.address, 0x08000800 + 3 * KIB);
  assert.equal(sectorAt(odd, 0x080007ff), undefined);
  assert.equal(sectorAt(odd, 0x08000800 + 12 * KIB), undefined);
});

Deno.test("a range needs memory with this permission everywhere", () => {
  const layout = parseLayout("@Flash /0x08000000/01*128Ka,03*128Kg");
  const sectors = sectorsOf(layout, 0x0803ffff, 2, "writable");
  assert.deepEqual(sectors.map((sector) => sector.address), [0x08020000, 0x08040000]);
  assert.throws(
    () => sectorsOf(layout, 0x0801ffff, 2, "writable"),
    (error) => isKind(error, "usage") && error.data.address === 0x0801ffff,
  );
  assert.throws(
    () => sectorsOf(layout, 0x0807ffff, 2, "readable"),
    (error) => isKind(error, "usage") && error.data.address === 0x08080000,
  );
});

Deno.test("any text leads to a layout inside 4 GiB or a protocol error", () => {
  const piece = fc.constantFrom(
    "@",
    "/",
    "0x",
    "08000000",
    ",",
    "*",
    "128",
    "K",
    "g",
    " ",
    "e",
    "é",
  );
  const text = fc.oneof(
    fc.string(),
    fc.array(piece, { maxLength: 30 }).map((pieces) => `@Internal Flash/0x0/${pieces.join("")}`),
    fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join("")),
  );
  fc.assert(fc.property(text, (text) => {
    try {
      const layout = parseLayout(text);
      assert.ok(layout.segments.length > 0);
      for (const segment of layout.segments) {
        assert.ok(segment.sectorCount > 0 && segment.sectorSize > 0);
        assert.ok(segmentEnd(segment) <= 2 ** 32);
      }
    } catch (error) {
      assert.ok(error instanceof UnbrickError && error.kind === "protocol", String(error));
    }
  }));
});

Deno.test("a layout is read as it was written", () => {
  const segment = fc.record({
    count: fc.integer({ min: 1, max: 999 }),
    size: fc.integer({ min: 1, max: 999 }),
    unit: fc.constantFrom("B", "K", " "),
    type: fc.constantFrom(..."abcdefg"),
  });
  fc.assert(fc.property(fc.array(segment, { minLength: 1, maxLength: 6 }), (segments) => {
    const text = segments.map(({ count, size, unit, type }) => `${count}*${size}${unit}${type}`);
    const layout = parseLayout(`@Flash /0x08000000/${text.join(",")}`);
    assert.deepEqual(
      layout.segments.map((one) => one.sectorSize * one.sectorCount),
      segments.map(({ count, size, unit }) => count * size * (unit === "K" ? 1024 : 1)),
    );
    let address = 0x08000000;
    for (const one of layout.segments) {
      assert.equal(one.address, address);
      address = segmentEnd(one);
    }
  }));
});
