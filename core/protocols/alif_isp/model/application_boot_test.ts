import assert from "node:assert/strict";
import {
  testBootloader,
  testMram,
  testToc,
} from "../../../../tests/support/protocols/alif_isp_rig.ts";
import { withTurnedBit } from "../../../../tests/support/protocols/turned_bits.ts";
import { SesError } from "../packets/boot_error.ts";
import { MRAM_BASE, TOC_ADDRESS } from "../packets/memory_map.ts";
import { bootApplication } from "./application_boot.ts";
import { CodeKey } from "./code_key.ts";

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
