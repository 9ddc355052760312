import assert from "node:assert/strict";
import { genuineFiles } from "../../../../tests/support/images/genuine_files.ts";
import {
  bitsOf,
  type Range,
  withTurnedBit,
} from "../../../../tests/support/protocols/turned_bits.ts";
import { isKind } from "../../../common/errors.ts";
import { badImage } from "../../../image/bad_image.ts";
import { sampleToc } from "../model/sample/toc.ts";
import { parseAtoc } from "./atoc.ts";
import { sha256Bytes } from "./bytes.ts";
import { ContentBytes, KeyBytes } from "./certificate.ts";
import { isChainValid, rootOf } from "./certificate_chain.ts";
import { SYSTEM_BASE } from "./memory_map.ts";
import { checkSoundToc } from "./toc_check.ts";
import { entryDefect } from "./toc_entry_check.ts";

/** Any wrong bit of a table that a checksum, a hash or a signature covers is detected. */

const toc = sampleToc({
  bootloader: new Uint8Array(5000).fill(1),
  hpFirmware: new Uint8Array(64),
  heFirmware: new Uint8Array(64),
});

function refusesEachBit(
  bytes: Uint8Array,
  ranges: readonly Range[],
  stride: number,
  check: (changed: Uint8Array) => void,
): void {
  for (const [at, bit] of bitsOf(ranges, stride)) {
    assert.throws(
      () => check(withTurnedBit(bytes, at, bit)),
      (error) => isKind(error, "bad-image"),
      `bit ${bit} of byte 0x${at.toString(16)} was turned and not noticed`,
    );
  }
}

/** Offsets in firmware_pad.toc (alif-isp.md C.7). */
const certificates = [0x1110, 0x1480, 0x17F0, 0x1B60];
const SIGNED_AND_SIGNATURE = 860;

Deno.test("any wrong bit of a table in the vendor's form is refused", () => {
  const check = (bytes: Uint8Array) => checkSoundToc({ name: "firmware_pad.toc", bytes });
  assert.equal(check(toc).entries.length, 4);
  refusesEachBit(
    toc,
    certificates.map((start) => [start, start + SIGNED_AND_SIGNATURE]),
    11,
    check,
  );
  // The certificate of DEVICE with store address and size, the configuration, the table, the tail.
  refusesEachBit(toc, [[0x1B60 + 860, 0x1B60 + 868], [0x1ED0, 0x1ED0 + 120]], 1, check);
  refusesEachBit(toc, [[0x1F50, 0x2000]], 1, check);
  // Sizes of the other three; nothing may be before the table.
  refusesEachBit(toc, certificates.map((start) => [start + 864, start + 868]), 1, check);
  refusesEachBit(toc, [[0, 0x1110]], 31, check);
});

const files = genuineFiles("se-tools");

Deno.test({
  name: "a genuine signed table is sound, and any wrong bit of it is detected",
  ignore: files.missing,
  fn() {
    const name = "AppTocPackage.bin", bytes = files.read(name);
    const check = (changed: Uint8Array) => {
      const table = parseAtoc(changed, name);
      for (const entry of table.entries) {
        const defect = entryDefect(entry, table);
        if (defect) throw badImage(name, defect);
      }
      return table;
    };
    const { entries, part, headerAddress } = check(bytes);
    assert.equal(part, "AE822FA0E5597LS0");
    assert.deepEqual(entries.map((one) => [one.name, one.chain!.keys.length]), [
      ["DEVICE", 2],
      ["BLINK-HE", 2],
    ]);
    for (const { chain, object } of entries) {
      assert.equal(rootOf(chain!)!.toHex(), "74be63bbfbc365ffbcd59dd4fc44b94e");
      assert.ok(isChainValid(chain!));
      assert.deepEqual(chain!.content.hash, sha256Bytes(object!));
    }
    const base = SYSTEM_BASE - bytes.length;
    const ranges: Range[] = entries.flatMap(({ objectAddress, object, chain }) => {
      const start = objectAddress - base;
      const store = start + chain!.size;
      return [
        [start, start + 2 * KeyBytes.size + ContentBytes.size],
        [store, store + object!.length],
      ];
    });
    refusesEachBit(bytes, [...ranges, [headerAddress - base, bytes.length]], 31, check);
  },
});
