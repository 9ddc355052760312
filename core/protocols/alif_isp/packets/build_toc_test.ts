import assert from "node:assert/strict";
import { certificateChain, sampleSigner } from "../model/sample/sign.ts";
import { sampleDeviceConfig } from "../model/sample/toc.ts";
import { EntryFlag, EntryType, NO_CPU, parseAtoc } from "./atoc.ts";
import { buildTocPackage, padToc, type TocItem } from "./build_toc.ts";
import { sha256Bytes } from "./bytes.ts";
import { KeyBytes } from "./certificate.ts";
import { ramInApplicationView, ramInEnclaveView } from "./enclave_view.ts";
import { SYSTEM_BASE } from "./memory_map.ts";

/**
 * Tables byte by byte as the vendor's app-gen-toc makes them. The digests are those of tables that
 * the SE Tools 1.104 and 1.110 made from the same files, without keys, nonces and signatures
 * (measured, alif-isp.md C.7).
 */

const filled = (size: number, factor: number, offset: number) =>
  Uint8Array.from({ length: size }, (_, at) => at * factor + offset & 0xFF);
const bootloader = filled(5000, 7, 0), hp = filled(9000, 11, 1), he = filled(7001, 13, 2);

const image = (name: string, bytes: Uint8Array, flags: number, more: Partial<TocItem> = {}) => ({
  name,
  bytes,
  type: EntryType.IMAGE,
  flags,
  version: 0x0100_0000,
  ...more,
});
const config = {
  name: "DEVICE",
  bytes: sampleDeviceConfig,
  type: EntryType.DEVICE_CONFIG,
  flags: NO_CPU,
  version: 0x0005_0000,
};
const M55_HP = 2, M55_HE = 3;
const { BOOT, DEFERRED, LOAD } = EntryFlag;

const ae3 = [
  config,
  image("HP_BOOT", bootloader, BOOT | M55_HP, { address: 0x8000_0000 }),
  image("HP_APP", hp, DEFERRED | M55_HP, { address: 0x8002_0000 }),
  image("HE_APP", he, DEFERRED | M55_HE, { address: 0x8032_0000 }),
];

const keyCertificates = certificateChain(
  { bytes: new Uint8Array(16), storeAddress: 0x8000_0000 },
  "production",
).subarray(0, 2 * KeyBytes.size);
const keys = { signer: sampleSigner("production"), keyCertificates };

/** Returns the table without what differs between runs and owners. */
function bare(table: Uint8Array): Uint8Array {
  const bytes = table.slice();
  const base = SYSTEM_BASE - bytes.length;
  for (const { objectAddress, chain } of parseAtoc(table, "table").entries) {
    const start = objectAddress - base;
    const content = start + chain!.keys.length * KeyBytes.size;
    bytes.fill(0, start, content);
    bytes.fill(0, content + 16, content + 420);
    bytes.fill(0, content + 424, content + 432);
    bytes.fill(0, content + 476, content + 860);
  }
  return bytes;
}

const digest = (table: Uint8Array) => sha256Bytes(bare(table)).toHex();

Deno.test("the AE3's four entries equal the vendor's bytes, with and without a part number", () => {
  assert.equal(
    digest(buildTocPackage(ae3, keys)),
    "cf31c42529dd95648807e2b3d5f47796a0d8eae3a074235feaf4d869f948b1ab",
  );
  const bound = buildTocPackage(ae3, keys, "AE302F80F55D5AE");
  assert.equal(digest(bound), "2873de712023b93cfe7ec14e7259c32197c31250ca3230188806bdb70e23b1cf");
  // Images that are not loaded have no nonce, so that this field is compared as well.
  const withNonces = bound.subarray(424, 432);
  assert.deepEqual(withNonces, new Uint8Array(8));
  assert.equal(padToc(bound).length, 8192);
});

Deno.test("signed, loaded and managed entries equal the vendor's bytes", () => {
  const isSigned = true;
  const table = buildTocPackage(
    [
      { ...config, isSigned },
      image("HP_BOOT", bootloader, BOOT | M55_HP, { address: 0x8000_0000, isSigned }),
      image("HE_RAM", he, LOAD | BOOT | M55_HE, {
        isSigned,
        version: 0x0102_0300,
        load: { address: ramInEnclaveView(0x5800_0000)!, nonce: new Uint8Array(8).fill(1) },
      }),
      image("LONGNAME", hp, DEFERRED | M55_HP, { version: 0x0201_0000 }),
      image("DATA", he, NO_CPU, { address: 0x8032_0000, isSigned }),
    ],
    keys,
    "AE302F80F55D5LE",
  );
  assert.equal(table.length, 27_472);
  assert.equal(digest(table), "855b6fd8066873e341bbf49763a6bfc8aef441b3e5d036c13150a7151588f3bb");
  const { entries } = parseAtoc(table, "table");
  assert.deepEqual(entries.map(({ chain }) => chain!.keys.length), [2, 2, 2, 0, 2]);
  assert.deepEqual(entries[2].object, he);
  assert.equal(ramInApplicationView(entries[2].chain!.content.loadAddress), 0x5800_0000);
});
