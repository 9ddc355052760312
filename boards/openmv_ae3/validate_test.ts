import assert from "node:assert/strict";
import { UnbrickError } from "../../core/common/errors.ts";
import { VectorTable } from "../../core/common/vector_table.ts";
import { boardImages } from "../../core/image/board_images.ts";
import type { Image } from "../../core/image/image.ts";
import { loadImage } from "../../core/image/load.ts";
import { writeDeviceDescriptor } from "../../core/image/sample_stm32.ts";
import { sampleSigner } from "../../core/protocols/alif_isp/model/sample/sign.ts";
import { EntryFlag, EntryType } from "../../core/protocols/alif_isp/packets/atoc.ts";
import {
  buildTocPackage,
  padToc,
  type TocItem,
} from "../../core/protocols/alif_isp/packets/build_toc.ts";
import { asWritten, checkImages } from "./check_images.ts";
import { sampleImages } from "./samples.ts";
import {
  checkBootloader,
  checkHeFirmware,
  checkHpFirmware,
  checkTocAlone,
  consentForHe,
} from "./validate.ts";

/** Which files are right for an AE3 (alif-isp.md C.7, D; openmv-boards.md 5.2). */

const HP = 0x8002_0000, HE = 0x8032_0000, HP_END = 0x8032_0000;

function refusal(check: () => unknown): UnbrickError {
  try {
    check();
  } catch (error) {
    if (error instanceof UnbrickError) return error;
    throw error;
  }
  return assert.fail("it was accepted");
}

const image = (role: string, bytes: Uint8Array): Image =>
  loadImage(bytes, { role, name: `${role}.bin`, source: "test" });

/** A program with this reset vector that names no camera. */
function program(resetVector: number, size = 4096): Image {
  const bytes = new Uint8Array(size).fill(7);
  VectorTable.write(bytes, 0, { initialStackPointer: 0x2000_0000, resetVector });
  return image("firmware", bytes);
}

const item = { type: EntryType.IMAGE, version: 1 };
const entry = (name: string, address?: number): TocItem => ({
  ...item,
  ...{ name, bytes: new Uint8Array(64).fill(7), flags: EntryFlag.DEFERRED | 2 },
  ...(address !== undefined && { address }),
});
const table = (items: readonly TocItem[], part?: string) =>
  image("toc", padToc(buildTocPackage(items, { signer: sampleSigner("production") }, part)));

const tables = {
  right: table([entry("HP_APP", HP), entry("HE_APP", HE)]),
  // Other names go anywhere, also one that every object has.
  other: table([entry("OTHER", HP + 16), entry("valueOf", HP + 16)]),
};
/** A firmware's entry, a wrong address, and the right one. */
const wrong = (["HP_APP", "HE_APP"] as const).flatMap((name) => {
  const right = name === "HP_APP" ? HP : HE;
  return [right - 16, right + 16].map((at) => ({
    ...{ name, at, right, file: table([entry(name, at)]) },
  }));
});
const bootloader = sampleImages().get("bootloader")!;

Deno.test("a table is refused if it sends a firmware elsewhere than where it is written", () => {
  for (const file of Object.values(tables)) assert.equal(checkTocAlone(file).entries.length, 2);
  for (const { name, file, ...addresses } of wrong) {
    const { kind, message } = refusal(() => checkTocAlone(file));
    assert.equal(kind, "bad-image");
    const [at, right] = [addresses.at, addresses.right].map((one) =>
      one.toString(16).toUpperCase()
    );
    assert.ok(message.includes(`entry ${name} is at 0x${at}, and that firmware at 0x${right}`));
  }
});

const partTables = [undefined, "AE302F80F55D5AE", "AE302F80F55D5LE"].map((part) => ({
  ...{ part, file: table([entry("HP_APP", HP)], part) },
}));
const foreign = table([entry("HP_APP", HP)], "AE722F80F55D5LS");

Deno.test("a table names no part, or one of the two that an AE3 has", () => {
  for (const { part, file } of partTables) assert.equal(checkTocAlone(file).part, part);
  const { kind, data } = refusal(() => checkTocAlone(foreign));
  assert.equal(kind, "wrong-board");
  assert.deepEqual(data, { file: "toc.bin", part: "AE722F80F55D5LS" });
});

Deno.test("a table without the bootloader's entry cuts nothing, and is refused beside a bootloader", () => {
  const images = boardImages("test", [tables.right, bootloader]);
  assert.deepEqual(asWritten(images).get("bootloader")!.bytes, bootloader.bytes);
  const { kind, data } = refusal(() => checkImages(images));
  assert.equal(kind, "bad-image");
  assert.deepEqual([data.file, data.bootloader], ["toc.bin", bootloader.name]);
});

Deno.test("only a table that is shorter than its place is padded", () => {
  const padded = ({ bytes }: Image) =>
    asWritten(boardImages("test", [image("toc", bytes)])).get("toc")!;
  const { right } = tables;
  const start = right.bytes.findIndex((byte) => byte !== 0);
  const bare = padded(image("toc", right.bytes.subarray(start)));
  assert.deepEqual([bare.bytes, bare.sha256], [right.bytes, right.sha256]);
  assert.equal(bare.file?.bytes, 0x2000 - start);
  assert.equal(padded(right).file, undefined);
  const longer = new Uint8Array(0x2010);
  longer.set(right.bytes, 16);
  assert.deepEqual(padded(image("toc", longer)).bytes, longer);
});

Deno.test("the bootloader may contain other ids, if its own is among them", () => {
  const { bytes } = bootloader;
  const named = (...products: number[]) => {
    const copy = bytes.slice();
    products.forEach((product, at) =>
      writeDeviceDescriptor(copy, 0x800 + at * 0x40, [0, 0, 0], 0x37C5, product)
    );
    return image("bootloader", copy);
  };
  checkBootloader(named(0x96E3));
  checkBootloader(named(0x9206, 0x96E3));
  checkBootloader(program(0x8000_0101));
  const { kind, data } = refusal(() => checkBootloader(named(0x9206)));
  assert.equal(kind, "wrong-board");
  assert.deepEqual(data, {
    ...{ file: "bootloader.bin", offset: 0x800, productId: 0x9206, board: "openmv-ae3" },
  });
});

Deno.test("the firmware of the M55-HP starts inside itself, that of the M55-HE not in the other's partition", () => {
  for (const vector of [HP + 1, HP + 4095]) checkHpFirmware(program(vector, 4096));
  for (const vector of [HP - 1, HP + 2, HP + 4097]) {
    const { kind, data } = refusal(() => checkHpFirmware(program(vector, 4096)));
    assert.equal(kind, "bad-image");
    assert.deepEqual([data.offset, data.resetVector, data.address], [4, vector, HP]);
  }
  for (const vector of [HP, HP + 1, HP_END - 1]) {
    assert.match(refusal(() => checkHeFirmware(program(vector))).message, /the M55-HP/);
  }
  for (const vector of [HP - 1, HP_END, 0]) checkHeFirmware(program(vector));
});

Deno.test("a program for the M55-HE needs a consent, unless it starts in its partition or names the camera", () => {
  assert.equal(consentForHe(program(HE + 0x101)), undefined);
  assert.equal(consentForHe(program(HE + 4095)), undefined);
  for (const vector of [HE - 1, HE + 0x100, HE + 4097, 0x101]) {
    assert.equal(consentForHe(program(vector))?.id, "unmarked-image");
  }
  const { bytes } = program(0x101);
  bytes.set(new TextEncoder().encode("OPENMV AE3\0"), 0x300);
  assert.equal(consentForHe(image("firmware-he", bytes)), undefined);
});

const programs = [
  [0x2_0000, 0x8000_0101, checkBootloader],
  [0x30_0000, HP + 0x101, checkHpFirmware],
  [0x15_E000, HE + 0x101, checkHeFirmware],
] as const;

Deno.test("a program has at least 512 bytes, and is not blank", () => {
  for (const [, vector, check] of programs) {
    check(program(vector, 512));
    assert.deepEqual(refusal(() => check(program(vector, 511))).data.least, 512);
    for (const [value, what] of [[0xFF, /only 0xFF/], [0, /only zeros/]] as const) {
      const blank = image("firmware", new Uint8Array(512).fill(value));
      assert.match(refusal(() => check(blank)).message, what);
    }
    assert.match(refusal(() => check(image("firmware", new Uint8Array()))).message, /is empty/);
  }
});

Deno.test("a program has at most the size of its partition, and its address if a file states one", () => {
  for (const [limit, vector, check] of programs) {
    check(program(vector, limit));
    assert.deepEqual(refusal(() => check(program(vector, limit + 1))).data.limit, limit);
    const start = vector - 0x101;
    check({ ...program(vector), address: start });
    const { kind, data } = refusal(() => check({ ...program(vector), address: start + 16 }));
    assert.deepEqual([kind, data.stated, data.address], ["bad-image", start + 16, start]);
  }
});

Deno.test("firmware that names another camera is refused for both cores", () => {
  for (const [, vector, check] of programs.slice(1)) {
    const { bytes } = program(vector);
    bytes.set(new TextEncoder().encode("OpenMV N6\0"), 0x300);
    const { kind, message } = refusal(() => check(image("firmware", bytes)));
    assert.equal(kind, "wrong-board");
    assert.match(message, /made for the OpenMV N6, not for the OpenMV AE3/);
    bytes.set(new TextEncoder().encode("OPENMV AE3\0"), 0x380);
    check(image("firmware", bytes));
  }
});
