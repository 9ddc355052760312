import fc from "fast-check";
import assert from "node:assert/strict";
import { isKind } from "../common/errors.ts";
import { appendDfuSuffix, hasDfuSuffix, parseDfuSuffix } from "./dfu_suffix.ts";
import { u32 } from "../common/struct.ts";

const hello = new TextEncoder().encode("hello");

Deno.test("suffixes equal those of dfu-suffix (dfu-dfuse.md A5)", () => {
  const st = appendDfuSuffix(hello, { idVendor: 0x0483, idProduct: 0xDF11, bcdDFU: 0x0100 });
  assert.equal(st.subarray(5).toHex(), "ffff11df8304000155464410c7269052");
  const any = appendDfuSuffix(hello, { bcdDFU: 0x011A });
  assert.equal(any.subarray(5).toHex(), "ffffffffffff1a0155464410a75281c6");
});

Deno.test("parseDfuSuffix returns content and ids", () => {
  fc.assert(fc.property(
    fc.uint8Array({ maxLength: 100 }),
    fc.record({
      bcdDevice: fc.nat(0xFFFF),
      idProduct: fc.nat(0xFFFF),
      idVendor: fc.nat(0xFFFF),
      bcdDFU: fc.nat(0xFFFF),
    }),
    (content, ids) => {
      const parsed = parseDfuSuffix(appendDfuSuffix(content, ids), "x.dfu");
      assert.deepEqual(parsed.content, content);
      assert.deepEqual(parsed.suffix, { ...ids, bLength: 16 });
    },
  ));
});

Deno.test("a longer suffix of a later format is cut off completely", () => {
  const file = appendDfuSuffix(Uint8Array.of(1, 2, 3, 4, 5));
  file[file.length - 5] = 18;
  assert.throws(
    () => parseDfuSuffix(file, "x.dfu"),
    (error) => isKind(error, "bad-image") && /CRC/.test(error.message),
  );
  const reseal = appendSameCrc(file);
  assert.deepEqual(parseDfuSuffix(reseal, "x.dfu").content, Uint8Array.of(1, 2, 3));
});

Deno.test("any changed byte is refused with an offset", () => {
  const file = appendDfuSuffix(hello, { idVendor: 0x37C5 });
  fc.assert(fc.property(
    fc.nat(file.length - 1),
    fc.integer({ min: 1, max: 255 }),
    (at, change) => {
      const damaged = file.slice();
      damaged[at] ^= change;
      assert.throws(
        () => parseDfuSuffix(damaged, "x.dfu"),
        (error) =>
          isKind(error, "bad-image") && typeof error.data.offset === "number" &&
          error.data.file === "x.dfu",
      );
    },
  ));
});

Deno.test("hasDfuSuffix needs the signature in its place", () => {
  assert.ok(hasDfuSuffix(appendDfuSuffix(new Uint8Array())));
  assert.ok(!hasDfuSuffix(hello));
  assert.ok(!hasDfuSuffix(appendDfuSuffix(hello).subarray(0, -1)));
});

/** Removes the CRC and writes a new one after the remaining bytes. */
function appendSameCrc(file: Uint8Array): Uint8Array {
  let register = 0xFFFFFFFF;
  for (const byte of file.subarray(0, -4)) {
    register ^= byte;
    for (let bit = 0; bit < 8; bit++) {
      register = register & 1 ? (register >>> 1) ^ 0xEDB88320 : register >>> 1;
    }
  }
  const sealed = file.slice();
  u32.write(sealed, sealed.length - 4, register >>> 0, "the CRC");
  return sealed;
}
