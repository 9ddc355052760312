import assert from "node:assert/strict";
import { genuineFiles } from "../../../../tests/support/images/genuine_files.ts";
import { bitsOf, withTurnedBit } from "../../../../tests/support/protocols/turned_bits.ts";
import { testMram } from "../../../../tests/support/protocols/alif_isp_rig.ts";
import { SeromError } from "../packets/boot_error.ts";
import { CHAIN_SIZE } from "../packets/certificate_chain.ts";
import { POINTER_ADDRESS, SYSTEM_BASE } from "../packets/memory_map.ts";
import { readStoc } from "../packets/stoc.ts";
import { CodeKey } from "./code_key.ts";
import { bootSystem, type ChipIdentity } from "./system_boot.ts";

/**
 * A simulated chip with the root key of real ones starts the vendor's packages, but no damaged
 * ones.
 */

const files = genuineFiles("se-tools");
const test = (name: string, body: () => void) =>
  Deno.test({ name, ignore: files.missing, fn: body });
const production = Uint8Array.fromHex("4ca48f28d3267e1e520706995f1fa338");

function chip(systemPackage: Uint8Array, change: Partial<ChipIdentity> = {}): ChipIdentity {
  const codeKey = new CodeKey();
  codeKey.learn(systemPackage);
  return { part: "AE302F80F55D5AE", hbk0: production, lifeCycle: 1, codeKey, ...change };
}

function boot(systemPackage: Uint8Array, identity: ChipIdentity) {
  const mram = testMram();
  mram.load(SYSTEM_BASE, systemPackage);
  mram.load(POINTER_ADDRESS, files.read("offset-58-rev-b4.bin"));
  return bootSystem(mram, identity);
}

test("genuine packages start on the chip of their part and root key", () => {
  for (const part of ["AE302F80F55D5AE", "AE302F80F55D5LE"]) {
    const bytes = files.read(`SP-${part}-rev-b4.bin`);
    const started = boot(bytes, chip(bytes, { part }));
    assert.ok("bank" in started);
    assert.deepEqual([started.bank, started.version], [0, 0x016E_0000]);
    assert.ok("bank" in boot(bytes, chip(bytes, { part, hbk0: new Uint8Array(16) })));
  }
});

test("a package of another part or root key, or one that the chip cannot decrypt, does not start", () => {
  const bytes = files.read("SP-AE302F80F55D5AE-rev-b4.bin");
  const part = boot(bytes, chip(bytes, { part: "AE302F80F55D5LE" }));
  assert.deepEqual(part, { seromError: SeromError.HEADER_MAGIC });
  const invalid = { seromError: SeromError.BOTH_BANKS_INVALID };
  assert.deepEqual(boot(bytes, chip(bytes, { hbk0: new Uint8Array(16).fill(7) })), invalid);
  assert.deepEqual(boot(bytes, chip(bytes, { codeKey: new CodeKey() })), invalid);
});

test("a damaged copy is passed over, and two damaged copies start nothing", () => {
  const bytes = files.read("SP-AE302F80F55D5AE-rev-b4.bin");
  const identity = chip(bytes);
  const table = readStoc(bytes);
  assert.ok("entries" in table);
  const [first, second] = table.entries;
  // Bits of certificates and firmware, not of the 12 zeros between them.
  const ranges = [[0xC0, 0xC0 + 2548], [
    0xC0 + CHAIN_SIZE,
    0xC0 + CHAIN_SIZE + first.length,
  ]] as const;
  const intoSecond = second.objectAddress - first.objectAddress;
  for (const [at, bit] of bitsOf(ranges, 9973)) {
    const one = withTurnedBit(bytes, at, bit);
    const started = boot(one, identity);
    assert.ok("bank" in started && started.bank === 1, `byte 0x${at.toString(16)}`);
    const both = withTurnedBit(one, at + intoSecond, bit);
    assert.deepEqual(boot(both, identity), { seromError: SeromError.BOTH_BANKS_INVALID });
  }
});
