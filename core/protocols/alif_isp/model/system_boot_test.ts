import assert from "node:assert/strict";
import {
  testMram,
  testPackage,
  testPart,
} from "../../../../tests/support/protocols/alif_isp_rig.ts";
import { SeromError } from "../packets/boot_error.ts";
import { builtin } from "../../../common/builtin.ts";
import { u32 } from "../../../common/struct.ts";
import { chainAt } from "../packets/certificate_chain.ts";
import { POINTER_ADDRESS, SYSTEM_BASE } from "../packets/memory_map.ts";
import { CodeKey } from "./code_key.ts";
import { rootHash } from "./sample/sign.ts";
import { bootSystem, type ChipIdentity } from "./system_boot.ts";
import { tocInfoRows } from "./toc_info.ts";

/** What the chip's ROM starts, and why it does not (alif-isp.md C.6, C.7, C.8). */

const BANK = 2560 + 512, FIRST = 0xC0, SECOND = FIRST + BANK;
/** Offsets in an object: key certificates, content certificate, image. */
const SIGNATURE = 1680 + 476, STORE = 1680 + 860, SIZE = 1680 + 864, BODY = 2560;
const files = testPackage();
const { HEADER_MAGIC, HEADER_CRC, TOC_OFFSET, BOTH_BANKS_INVALID } = SeromError;

function boot(
  image: Uint8Array,
  change: Partial<ChipIdentity> = {},
  pointer: Uint8Array = files.pointer,
) {
  const mram = testMram();
  mram.load(SYSTEM_BASE, image);
  mram.load(POINTER_ADDRESS, pointer);
  const codeKey = new CodeKey();
  const chip = { part: testPart, hbk0: rootHash("production"), lifeCycle: 1, codeKey, ...change };
  return bootSystem(mram, chip);
}

/** The bank that starts, or the error. */
function outcome(...all: Parameters<typeof boot>): number | string {
  const result = boot(...all);
  return "bank" in result ? `bank ${result.bank}` : result.seromError;
}

/** A package with other bytes at offsets; its table has a right checksum. */
function changed(...changes: readonly (readonly [at: number, xor: number])[]): Uint8Array {
  const image = files.image.slice();
  for (const [at, xor] of changes) image[at] ^= xor;
  u32.write(image, 144, builtin.zlib.crc32(image.subarray(0, 144)), "checksum");
  return image;
}

Deno.test("pointer, table and part are checked first, each with its error", () => {
  assert.equal(outcome(files.image), "bank 0");
  for (const word of [0, 0x0057_FFF0, 0x8058_0000]) {
    const pointer = new Uint8Array(16);
    u32.write(pointer, 12, word, "pointer");
    assert.equal(outcome(files.image, {}, pointer), TOC_OFFSET);
  }
  assert.equal(outcome(changed([0, 1])), HEADER_MAGIC);
  assert.equal(outcome(changed([8, 1])), HEADER_MAGIC, "another layout");
  const broken = files.image.slice();
  broken[144] ^= 1;
  assert.equal(outcome(broken), HEADER_CRC);
  assert.equal(outcome(files.image, { part: "AE302F80F55D5LE" }), HEADER_MAGIC);
  assert.equal(outcome(files.image, { part: "" }), "bank 0", "a chip without a part number");
});

Deno.test("the first copy that is intact starts", () => {
  const damages: [what: string, at: number, xor: number][] = [
    ["no certificates", 0, 1],
    ["a signature", SIGNATURE, 1],
    ["the image", BODY + 100, 1],
    ["its size", SIZE, 16],
    ["its address", STORE + 3, 0x40],
  ];
  for (const [what, at, xor] of damages) {
    assert.equal(outcome(changed([FIRST + at, xor])), "bank 1", what);
    assert.equal(outcome(changed([SECOND + at, xor])), "bank 0", what);
    const both = changed([FIRST + at, xor], [SECOND + at, xor]);
    assert.equal(outcome(both), BOTH_BANKS_INVALID, what);
  }
  const far = changed([48 + 3, 0x40], [80 + 3, 0x40]);
  assert.equal(outcome(far), BOTH_BANKS_INVALID, "objects outside the memory");
});

Deno.test("the root key must be the chip's, unless it has none", () => {
  const foreign = testPackage({ root: "development" }).image;
  assert.equal(outcome(foreign), BOTH_BANKS_INVALID);
  assert.equal(outcome(foreign, { hbk0: rootHash("development") }), "bank 0");
  assert.equal(outcome(foreign, { hbk0: new Uint8Array(16) }), "bank 0");
});

Deno.test("the version is that of the copy that runs, not of the table", () => {
  const image = files.image.slice();
  const old = testPackage({ version: "1.104.0" }).image;
  image.set(old.subarray(FIRST, SECOND), FIRST);
  const result = boot(image);
  assert.ok("bank" in result);
  assert.deepEqual([result.bank, result.version, result.table.version], [
    ...[0, 0x0168_0000, 0x016E_0000],
  ]);
});

Deno.test("a code key knows the encrypted images of a package that it has learned, and no others", () => {
  const image = files.image.slice();
  const body = image.subarray(FIRST + BODY, SECOND);
  const { content } = chainAt(image, FIRST)!;
  const key = new CodeKey();
  assert.equal(key.isRight(body, content), true, "a sample");
  body[0] ^= 1; // as if it were encrypted with the key of real chips
  assert.equal(key.isRight(body, content), false);
  key.learn(new Uint8Array(600));
  key.learn(image.subarray(0, 100));
  assert.equal(key.isRight(body, content), false);
  key.learn(image);
  assert.equal(key.isRight(body, content), true);
  assert.equal(key.isRight(body, { ...content, hash: new Uint8Array(32) }), false);
  assert.equal(key.isRight(body.slice().fill(0, 5, 6), content), false);
  const device = 0xC0 + 2 * BANK;
  const config = image.subarray(device + BODY, device + BODY + 340);
  const plain = chainAt(image, device)!.content;
  assert.equal(key.isRight(config, plain), true);
  config[0] ^= 1;
  image[SECOND] ^= 1; // this copy has no certificates
  key.learn(image);
  assert.equal(key.isRight(config, plain), false, "what is not encrypted is not learned");
});

Deno.test("rows of TOC_INFO: addresses, sizes and letters of the system's entries", () => {
  const system = boot(changed([FIRST + BODY, 1]));
  assert.ok("bank" in system);
  const rows = tocInfoRows(system, undefined).map((row) =>
    [
      ...[row.isRunning ? "*" : "", row.name, row.cpu, row.storeAddress, row.objectAddress],
      ...[row.loadAddress, row.bootAddress, row.size, row.version, row.flags],
    ].join(" ")
  );
  const device = SYSTEM_BASE + 0xC0 + 2 * BANK;
  assert.deepEqual(rows, [
    ` DEVICE 15 ${device + 2560} ${device} 0 0 340 ${0x0100_0000} u V`,
    ` SERAM0 15 0 ${FIRST} 0 0 512 ${0x016E_0000} `,
    `* SERAM1 15 0 ${SECOND} 0 0 512 ${0x016E_0000} u s`,
  ]);
});
