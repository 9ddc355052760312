import assert from "node:assert/strict";
import { u16, u32 } from "../../../common/struct.ts";
import type { UnbrickError } from "../../../common/errors.ts";
import { sampleToc } from "../model/sample/toc.ts";
import { testPackage } from "../../../../tests/support/protocols/alif_isp_rig.ts";
import { type Atoc, type AtocEntry, flagNames, readAtoc } from "./atoc.ts";
import { seromErrorText, sesErrorText } from "./boot_error.ts";
import { padToc } from "./build_toc.ts";
import { Command, commandName } from "./command.ts";
import { ramInApplicationView, ramInEnclaveView, storeInApplicationView } from "./enclave_view.ts";
import { isSignatureValid } from "./signature.ts";
import { MAX_STOC_SIZE, readStoc, stocChecksum } from "./stoc.ts";
import { bootloaderMisfit } from "./toc_check.ts";
import { entryDefect } from "./toc_entry_check.ts";

/** Each reason why a table cannot be used, with its offset, and each code as a text. */

const bootloader = Uint8Array.from({ length: 5000 }, (_, at) => at * 7 & 0xFF);
const toc = sampleToc({
  bootloader,
  hpFirmware: new Uint8Array(64),
  heFirmware: new Uint8Array(64),
});
/** Offsets of the tail and of the header in firmware_pad.toc, and the address of its first byte. */
const TAIL = 0x1FF0, HEAD = 0x1F50, START = 0x8057_E000;

type Change = (bytes: Uint8Array) => void;
const changed = (bytes: Uint8Array, change: Change) => {
  const copy = bytes.slice();
  change(copy);
  return copy;
};
const word = (at: number, value: number): Change => (bytes) => u32.write(bytes, at, value, "word");
const half = (at: number, value: number): Change => (bytes) => u16.write(bytes, at, value, "half");

Deno.test("bytes that do not end with a table: why, and where", () => {
  const outside = "the address of its table's header is outside the table";
  const sizes = "its table has a header or entries of the wrong size";
  const end = "its table does not end where the system area begins";
  const cases: [Uint8Array, string, number, string][] = [
    [toc.subarray(-47), "it is too short for a table of contents", 47, "invalid"],
    [toc.subarray(-48), end, 32 + 8, "invalid"],
    [
      changed(toc, (bytes) => bytes.fill(0, TAIL)),
      "it has no table of contents: its last 16 bytes are zero",
      TAIL,
      "none",
    ],
    [changed(toc, word(TAIL + 12, 3825)), end, TAIL + 8, "invalid"],
    [toc.subarray(0x1111), end, TAIL - 0x1111 + 8, "invalid"],
    [changed(toc, word(TAIL + 4, START + HEAD + 8)), outside, TAIL + 4, "invalid"],
    [changed(toc, word(TAIL + 4, START + 0x1100)), outside, TAIL + 4, "invalid"],
    [changed(toc, word(TAIL + 4, START + TAIL - 16)), outside, TAIL + 4, "invalid"],
    [
      changed(toc, word(TAIL + 4, START + TAIL - 32)),
      "its table does not begin with OEMTOC01",
      TAIL - 32,
      "invalid",
    ],
    [
      changed(toc, word(TAIL + 4, START + 0x1110)),
      "its table does not begin with OEMTOC01",
      0x1110,
      "invalid",
    ],
    [changed(toc, half(HEAD + 8, 33)), sizes, HEAD + 8, "invalid"],
    [changed(toc, half(HEAD + 12, 33)), sizes, HEAD + 8, "invalid"],
    [changed(toc, half(HEAD + 10, 0)), "its table claims 0 entries", HEAD + 10, "invalid"],
    [changed(toc, half(HEAD + 10, 5)), "its table claims 5 entries", HEAD + 10, "invalid"],
    [changed(toc, word(TAIL, 1)), "the checksum of its table is wrong", TAIL, "checksum"],
  ];
  for (const [bytes, reason, offset, kind] of cases) {
    const fault = readAtoc(bytes);
    assert.ok("reason" in fault, reason);
    assert.deepEqual([String(fault.reason), fault.offset, fault.kind], [reason, offset, kind]);
  }
  assert.ok("entries" in readAtoc(toc.subarray(0x1110)));
});

const table = readAtoc(toc) as Atoc;
const [device, boot] = table.entries;
const withContent = (entry: AtocEntry, content: object): AtocEntry => ({
  ...entry,
  chain: { ...entry.chain!, content: { ...entry.chain!.content, ...content } },
});

Deno.test("a damaged entry: why", () => {
  const at = (entry: AtocEntry, storeAddress: number) => withContent(entry, { storeAddress });
  const { packageAddress } = table, place = device.chain!.content.storeAddress;
  const signed = boot.chain!.content.signed.slice();
  signed[300] ^= 1;
  const flags = (bit: number) => ({ ...boot, flags: boot.flags | bit });
  const cases: [AtocEntry, string | undefined][] = [
    [device, undefined],
    [boot, undefined],
    [{ ...boot, chain: undefined }, "its entry HP_BOOT has no certificate"],
    [withContent(boot, { signed }), "the signature of its entry HP_BOOT is wrong"],
    [flags(0x10), "its entry HP_BOOT is compressed or encrypted, so unbrick cannot check it"],
    [flags(0x80), "its entry HP_BOOT is compressed or encrypted, so unbrick cannot check it"],
    [flags(0x20), undefined],
    [{ ...boot, length: 5001 }, "its entry HP_BOOT has two different lengths"],
    [at(boot, 0x8000_0010), undefined],
    [
      at(boot, 0x7FFF_FFF0),
      "its entry HP_BOOT is at 0x7FFFFFF0 to 0x80001378, where no image can be",
    ],
    [
      at(boot, 0x8000_0008),
      "its entry HP_BOOT is at 0x80000008 to 0x80001390, where no image can be",
    ],
    [at(boot, packageAddress - 5008), undefined],
    [at({ ...boot, length: 4992 }, 0x8000_0000), "its entry HP_BOOT has two different lengths"],
    [
      at(boot, packageAddress - 4992),
      "its entry HP_BOOT is at 0x8057DD90 to 0x8057F118, where no image can be",
    ],
    [at(device, place + 16), "its entry DEVICE is at 0x8057FEE0, not after its certificates"],
    [
      { ...device, object: device.object!.map((byte) => byte ^ 1) },
      "its entry DEVICE does not match its certificate",
    ],
    [{ ...device, object: undefined }, "its entry DEVICE does not match its certificate"],
    [
      { ...device, object: device.object!.subarray(1) },
      "its entry DEVICE does not match its certificate",
    ],
  ];
  for (const [entry, defect] of cases) {
    assert.equal(entryDefect(entry, table)?.toString(), defect);
  }
  // Exactly up to the package is possible: the size is not signed, so that this one fits.
  const exact = at({ ...withContent(boot, { imageSize: 16 }), length: 16 }, packageAddress - 16);
  assert.equal(entryDefect(exact, table), undefined);
  const wide = withContent({ ...device, length: 400 }, { imageSize: 400 });
  assert.match(String(entryDefect(wide, table)), /not after its certificates/);
});

Deno.test("a table that does not start the bootloader: why", () => {
  const misfit = (entry: AtocEntry | undefined) =>
    bootloaderMisfit({ ...table, entries: entry ? [entry] : [] }, bootloader)?.toString()
      .replaceAll(/\s+/g, " ");
  const no = "its entry HP_BOOT does not start an image on the M55-HP processor";
  assert.equal(misfit(boot), undefined);
  assert.equal(misfit(undefined), "it has no entry HP_BOOT");
  assert.equal(misfit({ ...boot, chain: undefined }), "it has no entry HP_BOOT");
  assert.equal(misfit({ ...boot, type: 3 }), no);
  assert.equal(misfit({ ...boot, cpu: 3 }), no);
  assert.equal(misfit({ ...boot, flags: boot.flags & ~0x40 }), no);
  assert.equal(
    misfit(withContent(boot, { storeAddress: 0x8000_0010 })),
    "its entry HP_BOOT is at 0x80000010, but the bootloader is at 0x80000000",
  );
  assert.equal(misfit({ ...boot, length: 4999 }), "its entry HP_BOOT has two different lengths");
});

const system = testPackage().image;

Deno.test("bytes that do not begin with a system table: why, and where", () => {
  const resealed = (change: Change) =>
    changed(system, (bytes) => {
      change(bytes);
      u32.write(bytes, 144, stocChecksum(bytes), "checksum");
    });
  const layout = "its table has a different layout",
    names = "its entries are not SERAM0, SERAM1, DEVICE";
  const cases: [Uint8Array, string, number, string][] = [
    [system.subarray(0, MAX_STOC_SIZE - 1), "it is too short for a system package", 0, "magic"],
    [changed(system, (bytes) => bytes[7] = 50), "it does not begin with ALIFTOC1", 0, "magic"],
    [changed(system, half(8, 47)), layout, 8, "layout"],
    [changed(system, half(12, 33)), layout, 8, "layout"],
    [changed(system, half(14, 2)), layout, 8, "layout"],
    [changed(system, half(10, 2)), layout, 8, "layout"],
    [changed(system, half(10, 9)), layout, 8, "layout"],
    [changed(system, half(10, 8)), "the checksum of its table is wrong", 48 + 8 * 32, "checksum"],
    [changed(system, word(144, 1)), "the checksum of its table is wrong", 144, "checksum"],
    [resealed((bytes) => bytes[48 + 20] ^= 1), names, 48, "layout"],
    [resealed((bytes) => bytes[48 + 2 * 32 + 20] ^= 1), names, 48, "layout"],
  ];
  for (const [bytes, reason, offset, kind] of cases) {
    const fault = readStoc(bytes);
    assert.ok("reason" in fault, reason);
    assert.deepEqual([String(fault.reason), fault.offset, fault.kind], [reason, offset, kind]);
  }
  const whole = readStoc(system.subarray(0, MAX_STOC_SIZE));
  assert.ok("entries" in whole);
  assert.deepEqual(whole.entries.map(({ name }) => name), ["SERAM0", "SERAM1", "DEVICE"]);
  const [first, , config] = whole.entries;
  assert.deepEqual([first.tableAddress, first.objectAddress], [0xC0, 0x8058_00C0]);
  assert.ok(config.tableAddress > 0x8058_0000, "an address, and not an offset");
  assert.equal(config.objectAddress, config.tableAddress);
});

Deno.test("a table that is too long for its place is refused", () => {
  assert.equal(padToc(new Uint8Array(8192)).length, 8192);
  assert.deepEqual(padToc(Uint8Array.of(7)).subarray(-2), Uint8Array.of(0, 7));
  assert.throws(() => padToc(new Uint8Array(8193)), (error: UnbrickError) => {
    assert.deepEqual([error.kind, error.data], ["usage", { bytes: 8193, limit: 8192 }]);
    return /has 8193 bytes, and there is room for 8192\s+from 0x8057e000 on/.test(error.message);
  });
});

Deno.test("codes and flags as texts", () => {
  const serom = [5, 6, 0x2A, 0xAB].map((code) => String(seromErrorText(code)));
  assert.deepEqual(serom, [
    "its crypto engine did not start",
    "its memory (MRAM) could not be initialised",
    "error 0x2A",
    "error 0xAB",
  ]);
  assert.deepEqual([6, 0xAB, 0].map((code) => String(sesErrorText(code))), [
    "an image is damaged",
    "error 0xAB",
    "error 0x00",
  ]);
  assert.deepEqual([Command.GET, 0xAB, 0x0A].map(commandName), [
    "GET",
    "command 0xAB",
    "command 0x0A",
  ]);
  assert.deepEqual([0, 0x50, 0x1F0].map(flagNames), [
    "",
    "compressed, boot",
    "compressed, load, boot, encrypted, deferred",
  ]);
  const none = { signed: new Uint8Array(1), signature: new Uint8Array(384) };
  assert.equal(isSignatureValid({ ...none, publicKey: new Uint8Array(404) }), false);
  assert.equal(isSignatureValid({ ...none, publicKey: new Uint8Array(0) }), false);
});

Deno.test("each RAM is seen elsewhere by the enclave, to its last byte and no further", () => {
  const regions = [
    [0x0200_0000, 0x0240_0000, 0x6200_0000],
    [0x0800_0000, 0x0828_0000, 0x6800_0000],
    [0x5000_0000, 0x5004_0000, 0x9400_0000],
    [0x5080_0000, 0x5090_0000, 0x9480_0000],
    [0x5800_0000, 0x5804_0000, 0x9800_0000],
    [0x5880_0000, 0x5884_0000, 0x9880_0000],
  ];
  for (const [start, end, seen] of regions) {
    const size = end - start;
    assert.deepEqual([start - 1, start, end - 1, end].map(ramInEnclaveView), [
      undefined,
      seen,
      seen + size - 1,
      undefined,
    ]);
    assert.deepEqual([seen - 1, seen, seen + size - 1, seen + size].map(ramInApplicationView), [
      undefined,
      start,
      end - 1,
      undefined,
    ]);
  }
  assert.deepEqual([0x9000_0000, 0x9FFF_FFFF, 0xA000_0000].map(storeInApplicationView), [
    0x8000_0000,
    0x8FFF_FFFF,
    0xA000_0000,
  ]);
});
