import assert from "node:assert/strict";
import {
  testBootloader,
  testMram,
  testToc,
} from "../../../../tests/support/protocols/alif_isp_rig.ts";
import { withTurnedBit } from "../../../../tests/support/protocols/turned_bits.ts";
import { SesError } from "../packets/boot_error.ts";
import { u32 } from "../../../common/struct.ts";
import { builtin } from "../../../common/builtin.ts";
import { EntryFlag, EntryType } from "../packets/atoc.ts";
import { buildTocPackage, padToc, type TocItem } from "../packets/build_toc.ts";
import { MRAM_BASE, SYSTEM_BASE, TOC_ADDRESS } from "../packets/memory_map.ts";
import { bootApplication } from "./application_boot.ts";
import { CodeKey } from "./code_key.ts";
import { certificateChain, sampleSigner } from "./sample/sign.ts";
import { sampleToc } from "./sample/toc.ts";

/** The simulated chip checks what a real one checks (alif-isp.md C.7), and nothing else. */

const identity = {
  part: "AE302F80F55D5AE",
  hbk0: new Uint8Array(16),
  lifeCycle: 1,
  codeKey: new CodeKey(),
};

function boot(toc: Uint8Array, bootloader = testBootloader, lifeCycle = 1) {
  const mram = testMram();
  mram.load(MRAM_BASE, bootloader);
  mram.load(TOC_ADDRESS, toc);
  return bootApplication(mram, { ...identity, lifeCycle }, 0x016E_0000);
}

const started = (toc: Uint8Array, bootloader?: Uint8Array) => {
  const result = boot(toc, bootloader);
  return "started" in result ? result.started : result;
};
const refused = (toc: Uint8Array, sesError: number, bootloader?: Uint8Array) => {
  const result = boot(toc, bootloader);
  assert.ok("sesError" in result);
  assert.equal(result.sesError, sesError);
};

/** Offsets of the certificates in firmware_pad.toc, and of the configuration. */
const HP_BOOT = 0x1110, HP_APP = 0x1480, HE_APP = 0x17F0, DEVICE = 0x1B60, CONFIG = 0x1ED0;
const HASH = 432, SIGNATURE = 476, STORE = 860;

Deno.test("the bootloader starts although the images of the other entries are missing", () => {
  assert.deepEqual(started(testToc), ["HP_BOOT"]);
});

Deno.test("with a damaged configuration, bootloader or hash of these, nothing starts", () => {
  for (const at of [CONFIG, CONFIG + 119, DEVICE + HASH, HP_BOOT + HASH]) {
    refused(withTurnedBit(testToc, at, 3), SesError.IMAGE_VERIFY);
  }
  refused(testToc, SesError.IMAGE_VERIFY, withTurnedBit(testBootloader, 4000, 0));
  refused(withTurnedBit(testToc, HP_BOOT, 0), SesError.CHAIN);
  refused(withTurnedBit(testToc, DEVICE + STORE + 3, 6), SesError.STORAGE_ADDRESS);
  refused(withTurnedBit(testToc, 0x1F80, 0), SesError.TOC_CRC);
});

Deno.test("hashes of deferred images and signatures of unsigned entries are not checked", () => {
  for (const at of [HP_APP, HP_APP + HASH, HE_APP + HASH, HE_APP + STORE]) {
    assert.deepEqual(started(withTurnedBit(testToc, at, 3)), ["HP_BOOT"]);
  }
  for (const certificate of [HP_BOOT, HP_APP, HE_APP, DEVICE]) {
    const turned = withTurnedBit(testToc, certificate + SIGNATURE, 3);
    assert.deepEqual(started(turned), ["HP_BOOT"]);
  }
});

Deno.test("a secured chip accepts no unsigned entry", () => {
  const result = boot(testToc, testBootloader, 5);
  assert.ok("sesError" in result);
  assert.equal(result.sesError, SesError.NOT_SIGNED);
});

/** Where a version 2 table is compared with the chip's part: since SES 1.109 (alif-isp.md 0.8). */
const V1_109 = 0x016D_0000;

Deno.test("a table for another part is refused by SES 1.109 and newer", () => {
  const files = { bootloader: testBootloader, hpFirmware: new Uint8Array(16) };
  const tocFor = (part?: string) => sampleToc({ ...files, heFirmware: new Uint8Array(16), part });
  for (
    const [part, version, sesError] of [
      [undefined, V1_109, undefined],
      [identity.part, V1_109, undefined],
      ["AE302F80F55D5LE", V1_109 - 1, undefined],
      ["AE302F80F55D5LE", V1_109, SesError.DEVICE_MISMATCH],
    ] as const
  ) {
    const mram = testMram();
    mram.load(MRAM_BASE, testBootloader);
    mram.load(TOC_ADDRESS, tocFor(part));
    const result = bootApplication(mram, identity, version);
    assert.equal(
      "sesError" in result ? result.sesError : undefined,
      sesError,
      `${part} ${version}`,
    );
  }
});

Deno.test("without a table, what looks like a program is started on the wrong core (D)", () => {
  const word = (at: number, value: number) => {
    const bytes = testBootloader.slice();
    u32.write(bytes, at, value, "word");
    return bytes;
  };
  for (
    const [bootloader, stray] of [
      [testBootloader, true],
      [word(0, 0), false],
      [word(0, 0xFFFF_FFFF), false],
      [word(0, 1), true],
      [word(4, 0x8000_0100), false],
      [word(4, MRAM_BASE + 1), true],
      [word(4, MRAM_BASE - 1), false],
      [word(4, SYSTEM_BASE - 1), true],
      [word(4, SYSTEM_BASE + 1), false],
    ] as const
  ) {
    for (const byte of [0, 0xFF]) {
      const empty = new Uint8Array(testToc.length).fill(byte);
      assert.deepEqual(boot(empty, bootloader), { noTable: true, stray });
    }
  }
});

Deno.test("a tail that points nowhere is an invalid table", () => {
  for (const packageAddress of [0, MRAM_BASE - 16, MRAM_BASE, SYSTEM_BASE, 0xFFFF_FFF0]) {
    const toc = testToc.slice();
    u32.write(toc, toc.length - 8, packageAddress, "address");
    refused(toc, SesError.TOC_INVALID);
  }
});

/** Signs with the sample keys; the entries are images in the package unless they say otherwise. */
function table(items: readonly Partial<TocItem>[]): Uint8Array {
  const keyCertificates = certificateChain(
    { bytes: new Uint8Array(16), storeAddress: MRAM_BASE },
    "production",
  ).subarray(0, 1680);
  const whole = items.map((item, at) => ({
    name: `E${at}`,
    bytes: new Uint8Array(32).fill(at),
    type: EntryType.IMAGE,
    flags: EntryFlag.BOOT | 2,
    version: 1,
    ...item,
  }));
  return buildTocPackage(whole, { signer: sampleSigner("production"), keyCertificates });
}

function bootTable(bytes: Uint8Array, lifeCycle = 1) {
  const mram = testMram();
  mram.load(SYSTEM_BASE - bytes.length, bytes);
  const result = bootApplication(mram, { ...identity, lifeCycle }, 0x016E_0000);
  return "started" in result ? result.started : "sesError" in result ? result.sesError : undefined;
}

Deno.test("which entries are started: images to boot that are not deferred", () => {
  const { BOOT, DEFERRED, LOAD } = EntryFlag;
  assert.deepEqual(
    bootTable(table([
      { flags: BOOT | 2 },
      { flags: 2 },
      { flags: BOOT | DEFERRED | 2 },
      { flags: BOOT | 15, type: EntryType.DEVICE_CONFIG },
      { flags: BOOT | LOAD | 3 },
    ])),
    ["E0", "E4"],
  );
});

Deno.test("a table that is longer than the vendor's padding is found by its tail", () => {
  const long = table([{ bytes: new Uint8Array(10_000).fill(5) }]);
  assert.ok(long.length > SYSTEM_BASE - TOC_ADDRESS);
  assert.deepEqual(bootTable(long), ["E0"]);
  assert.deepEqual(bootTable(padToc(table([{}]))), ["E0"]);
});

Deno.test("a signed entry needs valid signatures, on an open chip and on a secured one", () => {
  const signed = table([{ isSigned: true }]);
  const start = signed.findIndex((_, at) => u32.read(signed, at) === 0x5342_6B63);
  for (const lifeCycle of [1, 5]) {
    assert.deepEqual(bootTable(signed, lifeCycle), ["E0"]);
    assert.equal(bootTable(withTurnedBit(signed, start + 500, 0), lifeCycle), SesError.CHAIN);
  }
});

Deno.test("an entry must be as long as its certificate says, although the image is right", () => {
  const toc = testToc.slice();
  const HEADER = 0x1F50, ENTRIES_END = 0x1FF0, LENGTH = 0x1F70 + 32 + 4;
  u32.write(toc, LENGTH, testBootloader.length - 1, "length");
  u32.write(toc, ENTRIES_END, builtin.zlib.crc32(toc.subarray(HEADER, ENTRIES_END)), "checksum");
  refused(toc, SesError.IMAGE_VERIFY);
  u32.write(toc, LENGTH, testBootloader.length, "length");
  u32.write(toc, ENTRIES_END, builtin.zlib.crc32(toc.subarray(HEADER, ENTRIES_END)), "checksum");
  assert.deepEqual(started(toc), ["HP_BOOT"]);
});
