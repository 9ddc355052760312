import assert from "node:assert/strict";
import fc from "fast-check";
import { isKind, UnbrickError } from "../../../common/errors.ts";
import { genuineFiles } from "../../../../tests/support/images/genuine_files.ts";
import { byteSum } from "./byte_sum.ts";
import { checkExternalLoader, LoaderFunctions } from "./external_loader.ts";
import { parseFlashLayout } from "./flash_layout.ts";
import { buildStm32Image, parseHeaderV2 } from "./header_v2.ts";
import { checkStm32Image } from "./image_check.ts";
import { deviceText } from "./layout_download.ts";
import { sampleLoader } from "../../../../tests/support/protocols/serial_boot_rig.ts";
import { u32 } from "../../../common/struct.ts";
import { VectorTable } from "../../../common/vector_table.ts";

function code(length = 4096): Uint8Array {
  const bytes = new Uint8Array(length).fill(0xA5);
  VectorTable.write(bytes, 0, { initialStackPointer: 0x3419_F044, resetVector: 0x3418_0501 });
  return bytes;
}

const image = () => buildStm32Image(code(), { binaryType: 0x10 });

/**
 * Returns the image with some words changed; the checksum is corrected unless it is one of them.
 */
function changed(words: Record<number, number>): Uint8Array {
  const bytes = image();
  const write = (at: number, value: number) => u32.write(bytes, at, value, "the image");
  for (const [at, value] of Object.entries(words)) write(Number(at), value);
  if (!(0x64 in words)) write(0x64, byteSum(bytes.subarray(0x240)));
  return bytes;
}

/**
 * What the signing tool makes from the same code without `-align`: it follows the header directly.
 */
function unaligned(): Uint8Array {
  const bytes = new Uint8Array([...image().subarray(0, 0x240), ...code()]);
  u32.write(bytes, 0x6C, code().length, "the image");
  return bytes;
}

Deno.test("a well-formed image is accepted and its header read", () => {
  const { header, warnings } = checkStm32Image(image(), "b.bin");
  assert.deepEqual(warnings, []);
  assert.deepEqual(header, {
    signed: false,
    checksum: byteSum(code()),
    version: 0x20300,
    payloadLength: 0x1C0 + 4096,
    entryPoint: 0x3418_0501,
    loadAddress: 0xFFFF_FFFF,
    imageVersion: 0,
    extensionFlags: 0x8000_0000,
    extensionLength: 0x1A0,
    binaryType: 0x10,
    headerLength: 0x240,
    reservedZero: true,
  });
});

Deno.test("bytes after the image are accepted with a warning", () => {
  const padded = new Uint8Array(image().length + 3).fill(0xFF);
  padded.set(image());
  assert.match(String(checkStm32Image(padded, "b.bin").warnings[0]), /3 bytes after/);
});

const refusals: [name: string, bytes: Uint8Array, offset: number, word: RegExp][] = [
  ["empty", new Uint8Array(0), 0, /empty/],
  ["no magic", new Uint8Array(5000), 0, /STM2/],
  ["header only", image().slice(0, 0x400), 0x400, /before its code/],
  ["early silicon", changed({ 0x68: 0x20100 }), 0x68, /early silicon/],
  ["header of the MP13", changed({ 0x68: 0x20000 }), 0x68, /only 2\.3/],
  ["extensions too long", changed({ 0x88: 0x400 }), 0x88, /extension length/],
  ["extensions not of words", changed({ 0x88: 0x1A2 }), 0x88, /extension length/],
  ["extension list broken", changed({ 0xA4: 0x100 }), 0x1A0, /do not add up/],
  ["extension of no length", changed({ 0xA4: 0 }), 0xA0, /do not add up/],
  ["larger than the chip takes", changed({ 0x6C: 0x8_0000 }), 0x6C, /at most 512 KiB/],
  ["truncated", image().slice(0, -1), 0x6C, /truncated/],
  ["payload too short", changed({ 0x6C: 0x100 }), 0x6C, /before the vector table/],
  ["checksum", changed({ 0x64: 1 }), 0x64, /checksum/],
  ["reserved word", changed({ 0x74: 1 }), 0x74, /reserved/],
  ["second reserved word", changed({ 0x7C: 1 }), 0x74, /reserved/],
  ["stack outside SRAM", changed({ 0x400: 0x2000_0000 }), 0x400, /stack/],
  ["stack not on a word", changed({ 0x400: 0x3419_F042 }), 0x400, /stack/],
  ["entry is not the reset vector", changed({ 0x70: 0x3418_0503 }), 0x404, /reset vector/],
  ["signed without -align", changed({ 0x250: 7 }), 0x250, /-align/],
  ["signed without -align, as the tool does it", unaligned(), 0x240, /-align/],
  ["load address of the code", changed({ 0x78: 0x3418_0400 }), 0x78, /load address 0x34180400/],
  ["load address zero", changed({ 0x78: 0 }), 0x78, /load address 0x00000000/],
  ["load address in the flash", changed({ 0x78: 0x7000_0000 }), 0x78, /load address 0x70000000/],
  ["encrypted", changed({ 0x84: 0x8000_0002 }), 0x84, /encrypted/],
  ["entry even", changed({ 0x70: 0x3418_0500, 0x404: 0x3418_0500 }), 0x70, /Thumb/],
  ["entry behind the image", changed({ 0x70: 0x3418_2001, 0x404: 0x3418_2001 }), 0x70, /inside/],
];

for (const [name, bytes, offset, word] of refusals) {
  Deno.test(`image refused: ${name}`, () => {
    assert.throws(() => checkStm32Image(bytes, "b.bin"), (error) => {
      assert.ok(error instanceof UnbrickError, String(error));
      assert.match(error.message, word);
      assert.deepEqual([error.kind, error.data.file, error.data.offset], [
        "bad-image",
        "b.bin",
        offset,
      ]);
      return true;
    });
  });
}

Deno.test("property: any single changed bit from the payload on is detected", () => {
  const good = image();
  fc.assert(fc.property(fc.integer({ min: 0x240, max: good.length - 1 }), fc.nat(7), (at, bit) => {
    const bad = good.slice();
    bad[at] ^= 1 << bit;
    assert.throws(() => checkStm32Image(bad, "b.bin"), (error) => isKind(error, "bad-image"));
  }));
});

Deno.test("property: for any bytes, the check fails only in the intended way", () => {
  const word = fc.nat({ max: 0xFFFF_FFFF });
  const offset = fc.constantFrom(0x68, 0x6C, 0x70, 0x84, 0x88, 0xA0, 0xA4, 0x1A0, 0x400, 0x404);
  fc.assert(fc.property(fc.dictionary(offset.map(String), word), fc.nat(5200), (words, length) => {
    try {
      checkStm32Image(changed(words).slice(0, length), "b.bin");
    } catch (error) {
      assert.ok(isKind(error, "bad-image"), String(error));
    }
  }));
});

Deno.test("a flash loader is accepted; ELF, too large, or without pointers is not", () => {
  checkExternalLoader(sampleLoader(), "l.bin");
  const refused = (bytes: Uint8Array, word: RegExp) =>
    assert.throws(() => checkExternalLoader(bytes, "l.bin"), (error) => {
      assert.ok(isKind(error, "bad-image"));
      assert.match(error.message, word);
      return true;
    });
  refused(new Uint8Array(0), /empty/);
  refused(Uint8Array.of(0x7F, 0x45, 0x4C, 0x46, 1), /ELF/);
  refused(new Uint8Array(32_769), /at most 32 KiB/);
  refused(image(), /pointer to the function Init/);
  refused(sampleLoader().slice(0, 0x80), /function Write/); // points beyond the end of the file
  const functions: [at: number, name: RegExp][] = [[0, /Init/], [4, /Write/], [8, /SectorErase/], [
    20,
    /Verify/,
  ]];
  for (const [at, name] of functions) {
    for (const pointer of [0, 0x3800_00C8, 0x3800_7FFF, 0x2000_0001, 0x3800_1EC9 + 2]) {
      const bytes = sampleLoader();
      u32.write(bytes, at, pointer, "the loader");
      refused(bytes, name);
    }
  }
  const spare = sampleLoader();
  u32.write(spare, LoaderFunctions.offsets.MassErase, 0, "the loader"); // never called
  checkExternalLoader(spare, "l.bin");
});

const genuine = genuineFiles("n6");

Deno.test({
  name: "the files that OpenMV sends to real cameras pass",
  ignore: genuine.missing,
  fn() {
    const layout = parseFlashLayout(genuine.read("FlashLayout.tsv"), "FlashLayout.tsv");
    assert.equal(byteSum(new TextEncoder().encode(deviceText(layout))), 0x1F3B);
    const [openbl, extfl] = layout.rows.map((row) => row.fields.Binary.text);
    const { header, warnings } = checkStm32Image(genuine.read(openbl), openbl);
    assert.deepEqual(warnings, []);
    assert.deepEqual(
      [header.checksum, header.entryPoint, header.payloadLength, header.binaryType],
      [
        0x0042_7C69,
        0x3418_9DA1,
        0xA100,
        0,
      ],
    );
    checkExternalLoader(genuine.read(extfl), extfl);
    const wrong = genuine.read(openbl);
    wrong[0x2000] ^= 1;
    assert.throws(() => checkStm32Image(wrong, openbl), /checksum/);
    assert.equal(parseHeaderV2(genuine.read(extfl)), undefined);
  },
});
