import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { genuineFiles } from "../../tests/support/images/genuine_files.ts";
import { encodeTrailer } from "../../tests/support/images/ota_trailer_encoder.ts";
import { isOtaTrailer, trailerOffsets, trailerSector } from "./ota_trailer.ts";

Deno.test("a trailer is recognised by its magic and CRC; with any bit wrong it is none", () => {
  const sector = encodeTrailer(Uint8Array.of(1, 2, 3));
  assert.ok(isOtaTrailer(sector));
  for (let bit = 0; bit < 150 * 8; bit++) {
    const turned = sector.slice();
    turned[bit >> 3] ^= 1 << (bit & 7);
    assert.ok(!isOtaTrailer(turned), `bit ${bit}`);
  }
  assert.ok(!isOtaTrailer(new Uint8Array(trailerSector).fill(0xFF)));
  assert.ok(!isOtaTrailer(sector.slice(0, 100)));
});

Deno.test("one slot, or two halves", () => {
  assert.deepEqual(trailerOffsets(0x2_0000), [0xF000, 0x1_F000]);
  assert.deepEqual(trailerOffsets(0x80_0000), [0x3F_F000, 0x7F_F000]);
  assert.deepEqual(trailerOffsets(4096), [0]);
});

const genuine = genuineFiles("openmv-releases");

Deno.test({
  name: "the example of openmv-runtime.md 3.5",
  ignore: genuine.missing,
  fn() {
    const sector = encodeTrailer(genuine.read("OPENMV2_romfs0.img"));
    assert.ok(isOtaTrailer(sector));
    assert.equal(
      sector.subarray(0, 24).toHex(),
      "4f4d565201000000bc3f0100000000000200000040000000",
    );
    assert.equal(crc32(sector.subarray(0, 146)), 0x3B21_C4AD);
    const digest = createHash("sha256").update(sector).digest("hex");
    assert.equal(digest.slice(0, 16), "31efebd99af1db8f");
  },
});
