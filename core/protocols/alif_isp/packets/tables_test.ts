import assert from "node:assert/strict";
import fc from "fast-check";
import { type ErrorKind, isKind } from "../../../common/errors.ts";
import { parseAtoc } from "./atoc.ts";
import { sha256Bytes } from "./bytes.ts";
import { chainAt, isChainValid } from "./certificate_chain.ts";
import { SYSTEM_BASE } from "./memory_map.ts";
import type { Revision } from "./replies.ts";
import { type SamplePackage, samplePackage } from "../model/sample/package.ts";
import { rootHash } from "../model/sample/sign.ts";
import { sampleToc } from "../model/sample/toc.ts";
import { checkPackageFits, parseSystemPackage, refuseOtherSilicon } from "./system_package.ts";
import { bootloaderMisfit, checkPaddedToc, checkTocFits, checkTocPart } from "./toc_check.ts";

const bootloader = Uint8Array.from({ length: 5000 }, (_, at) => at * 7 & 0xFF);
const options = { bootloader, hpFirmware: new Uint8Array(64), heFirmware: new Uint8Array(64) };
const toc = sampleToc(options);
const named = (bytes: Uint8Array, name = "firmware_pad.toc") => ({ name, bytes });
const refused = (kind: ErrorKind, reason: RegExp) => (error: unknown) =>
  isKind(error, kind) && reason.test(error.message);

Deno.test("a table has the layout of alif-isp.md C.7", () => {
  const { packageAddress, packageSize, entries, version, part } = checkPaddedToc(named(toc));
  assert.deepEqual([packageAddress, packageSize, version, part], [0x8057F110, 3824, 1, undefined]);
  assert.deepEqual(entries.map(({ name }) => name), ["DEVICE", "HP_BOOT", "HP_APP", "HE_APP"]);
  assert.deepEqual(
    entries.map(({ objectAddress }) => objectAddress),
    [0x8057FB60, 0x8057F110, 0x8057F480, 0x8057F7F0],
  );
  const boot = entries[1];
  assert.deepEqual([boot.cpu, boot.flags, boot.length], [2, 0x40, 5000]);
  assert.deepEqual(boot.chain?.content.hash, sha256Bytes(bootloader));
  assert.equal(boot.chain?.content.storeAddress, 0x80000000);
  assert.deepEqual(parseAtoc(toc.subarray(0x1110), "firmware.toc").entries.length, 4);
  const inside = entries.map(({ object }) => object !== undefined);
  assert.deepEqual(inside, [true, false, false, false], "only the configuration is in the table");
});

Deno.test("a table fits the bootloader that it describes, padded or not, and no other one", () => {
  const table = checkPaddedToc(named(toc));
  const padded = new Uint8Array(5008);
  padded.set(bootloader);
  assert.equal(bootloaderMisfit(table, bootloader), undefined);
  assert.equal(bootloaderMisfit(table, padded), undefined);
  padded[5007] = 1;
  assert.match(String(bootloaderMisfit(table, padded)!), /5000 bytes, but the bootloader has 5008/);
  const other = bootloader.slice();
  other[4999] ^= 1;
  assert.match(String(bootloaderMisfit(table, other)!), /SHA-256/);
  const line = new Uint8Array(5016);
  line.set(bootloader);
  assert.equal(bootloaderMisfit(table, line.subarray(0, 5015)), undefined);
  assert.match(String(bootloaderMisfit(table, line)), /bootloader has 5016/, "a whole line more");
  checkTocFits(table, "firmware_pad.toc", named(bootloader, "bootloader.bin"));
  assert.throws(
    () => checkTocFits(table, "firmware_pad.toc", named(other, "bootloader.bin")),
    refused("bad-image", /firmware_pad\.toc does not describe bootloader\.bin/),
  );
});

Deno.test("any changed byte of the table itself is detected", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0x1F50, max: 0x1FFF }),
      fc.integer({ min: 0, max: 7 }),
      (at, bit) => {
        const bad = toc.slice();
        bad[at] ^= 1 << bit;
        assert.throws(
          () => checkPaddedToc(named(bad)),
          refused("bad-image", /offset|cannot be used/),
        );
      },
    ),
  );
});

Deno.test("a file that is not a padded table is refused with the offset", () => {
  const check = (bytes: Uint8Array, reason: RegExp) =>
    assert.throws(() => checkPaddedToc(named(bytes)), refused("bad-image", reason));
  check(toc.subarray(1), /offset 0x1FFF.*8191 bytes/);
  check(new Uint8Array(8193), /offset 0x2000.*8193 bytes/);
  check(new Uint8Array(8192), /last 16 bytes are zero/);
  const stray = toc.slice();
  stray[9] = 1;
  check(stray, /offset 0x9.*other data before its table/);
  const token = toc.slice();
  token[0x1110] = 0;
  check(token, /HP_BOOT points to 0x8057F110, where there is no certificate/);
});

Deno.test("a table of version 2 is bound to its part", () => {
  const bound = checkPaddedToc(named(sampleToc({ ...options, part: "AE302F80F55D5AE" })));
  assert.equal(bound.part, "AE302F80F55D5AE");
  checkTocPart(bound, "t", "AE302F80F55D5AE");
  checkTocPart(checkPaddedToc(named(toc)), "t", "AE302F80F55D5LE");
  assert.throws(
    () => checkTocPart(bound, "t", "AE302F80F55D5LE"),
    refused("wrong-board", /is for the part AE302F80F55D5AE/),
  );
});

const fill = (bytes: Uint8Array, seed: string) =>
  bytes.forEach((_, at) => bytes[at] = at ^ seed.charCodeAt(at % seed.length));
const part = "AE302F80F55D5AE";
const good = samplePackage({ part, version: "1.110.0", fill });

function parsed(files: SamplePackage) {
  return parseSystemPackage(
    { name: "SP.bin", bytes: files.image, sign: named(files.imageSign, "SP.bin.sign") },
    { name: "offset.bin", bytes: files.pointer, sign: named(files.pointerSign, "offset.bin.sign") },
  );
}

const device: Revision = {
  soc: 0xB400,
  name: "B4",
  part,
  hbk0: rootHash("production"),
  hbk1: new Uint8Array(16),
  serial: "",
  lifeCycle: 1,
};

Deno.test("a package contains part, version and root key", () => {
  const system = parsed(good);
  assert.deepEqual([system.part, system.version], [part, "1.110.0"]);
  assert.deepEqual(system.root, rootHash("production"));
  checkPackageFits(system, device);
  const firmware = chainAt(good.image, 0xC0)!;
  assert.equal(isChainValid(firmware), true);
  assert.equal(firmware.content.isEncrypted, true);
  assert.equal(chainAt(toc, 0x1110)!.content.isEncrypted, false);
});

Deno.test("a package for another part, silicon or root key is refused", () => {
  const system = parsed(good);
  const refuse = (change: Partial<Revision>, reason: RegExp) =>
    assert.throws(
      () => checkPackageFits(system, { ...device, ...change }),
      refused("wrong-board", reason),
    );
  refuse({ part: "AE302F80F55D5LE" }, /is for the part AE302F80F55D5AE/);
  refuse({ name: "B3" }, /silicon B4, not B3/);
  refuse({ hbk0: rootHash("development") }, /another root key/);
  refuse({ hbk0: rootHash("production").with(3, 0) }, /another root key/);
  checkPackageFits(system, { ...device, part: "", hbk0: new Uint8Array(16) });
  const foreign = parsed(samplePackage({ part: "AE822FA0E5597LS0", version: "1.110.0", fill }));
  for (
    const [devicePart, reason] of [["", /no AE3 has the part AE822/], [
      part,
      /but this is the/,
    ]] as const
  ) {
    assert.throws(() => checkPackageFits(foreign, { ...device, part: devicePart }), (error) => {
      assert.ok(isKind(error, "wrong-board") && reason.test(error.message));
      assert.deepEqual(error.data, {
        file: "SP.bin",
        part: "AE822FA0E5597LS0",
        devicePart: devicePart || null,
        root: rootHash("production").toHex(),
        deviceRoot: rootHash("production").toHex(),
        revision: "B4",
      });
      return true;
    });
  }
  // Roots of genuine packages: of B3, and of B4 (alif-isp.md C.8).
  assert.throws(
    () => refuseOtherSilicon("SP.bin", Uint8Array.fromHex("14a83ae9e20b233a5c3dd23dd5176f40")),
    refused("wrong-board", /silicon B2 or B3/),
  );
  refuseOtherSilicon("SP.bin", Uint8Array.fromHex("4ca48f28d3267e1e520706995f1fa338"));
});

Deno.test("a damaged package, signature or pointer is refused", () => {
  const flipped = (bytes: Uint8Array, at: number) => bytes.with(at, bytes[at] ^ 0x10);
  const bad = (change: Partial<SamplePackage>, reason: RegExp) =>
    assert.throws(() => parsed({ ...good, ...change }), refused("bad-image", reason));
  bad({ image: flipped(good.image, 9000) }, /not the file that SP\.bin\.sign was made for/);
  bad({ image: flipped(good.image, 20) }, /offset 0x90.*checksum of its table/);
  const long = new Uint8Array(0x7_FFF0 + 16);
  bad({ image: good.image.subarray(1) }, /offset 0x0.*cannot be the size of a system package/);
  bad({ image: long }, /offset 0x0.*524288 bytes cannot be the size/);
  bad({ image: long.subarray(16) }, /does not begin with ALIFTOC1/);
  for (const at of [20, 470, 500, 860, 1700, 2150, 2200]) {
    bad({ imageSign: flipped(good.imageSign, at) }, /belong together|was made for/);
  }
  bad({ imageSign: good.pointerSign }, /not the file/);
  bad({ pointer: flipped(good.pointer, 14) }, /does not point to the system package/);
  bad({ imageSign: good.imageSign.subarray(1) }, /2559 bytes/);
  const other = samplePackage({ part, version: "1.110.0", root: "development", fill });
  bad({ pointerSign: other.pointerSign }, /another root key/);
  assert.equal(good.image.length + SYSTEM_BASE < 0x805FFFF0, true);
});
