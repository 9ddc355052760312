import assert from "node:assert/strict";
import fc from "fast-check";
import { encodeCommand, SdpCommand } from "./command.ts";
import { bootDataOf, encodeIvt, ivtAt } from "./ivt.ts";
import { encodeReport } from "./report.ts";
import { habEventOf, habModeOf, isAcknowledged, OK_ACK } from "./words.ts";

const hexOf = (bytes: Uint8Array) =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");

Deno.test("the reports are those of imxrt-sdp-flashloader.md A4", () => {
  const report = (...parameters: Parameters<typeof encodeCommand>) =>
    hexOf(encodeReport(1, encodeCommand(...parameters)));
  assert.equal(
    report("READ_REGISTER", { address: 0x401f4460, format: 32, count: 4 }),
    "01 01 01 40 1f 44 60 20 00 00 00 04 00 00 00 00 00",
  );
  assert.equal(report("ERROR_STATUS"), "01 05 05 00 00 00 00 00 00 00 00 00 00 00 00 00 00");
  assert.equal(
    report("WRITE_FILE", { address: 0x20001c00, count: 0x1574c }),
    "01 04 04 20 00 1c 00 00 00 01 57 4c 00 00 00 00 00",
  );
  assert.equal(
    report("JUMP_ADDRESS", { address: 0x20001c00 }),
    "01 0b 0b 20 00 1c 00 00 00 00 00 00 00 00 00 00 00",
  );
  assert.equal(
    report("WRITE_REGISTER", { address: 0x20000000, format: 32, count: 4, data: 0x12345678 }),
    "01 02 02 20 00 00 00 20 00 00 00 04 12 34 56 78 00",
  );
  const data = encodeReport(2, Uint8Array.of(7, 8));
  assert.equal(data.length, 1025);
  assert.equal(hexOf(data.subarray(0, 4)), "02 07 08 00");
});

Deno.test("a command is the same after encoding and decoding", () => {
  const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
  fc.assert(fc.property(u32, u32, u32, (address, count, data) => {
    const bytes = encodeCommand("WRITE_REGISTER", { address, count, data, format: 16 });
    assert.deepEqual(SdpCommand.decode(bytes), { code: 0x0202, address, count, data, format: 16 });
  }));
});

Deno.test("words of the ROM are named", () => {
  assert.equal(habModeOf(0x56787856), "open");
  assert.equal(habModeOf(0x12343412), "closed");
  assert.equal(habModeOf(0), undefined);
  assert.ok(isAcknowledged(0x900dd009, OK_ACK));
  assert.ok(isAcknowledged(0x09d00d90, OK_ACK));
  assert.ok(!isAcknowledged(0x88888888, OK_ACK));
  // The bytes 33 22 33 00 as seen on a closed part (A3).
  assert.deepEqual(JSON.parse(JSON.stringify(habEventOf(0x00332233))), {
    status: "failure",
    reason: "invalid address",
    context: "check target",
    engine: 0,
  });
  assert.equal(String(habEventOf(0x5a5a5a).reason), "0x5A");
});

Deno.test("an IVT is found only where there is one", () => {
  const ivt = encodeIvt({ entry: 0x20002401, self: 0x20001c00, start: 0x20001c00, length: 87884 });
  const file = new Uint8Array(100);
  file.set(ivt, 20);
  const found = ivtAt(file, 20);
  assert.deepEqual(found, {
    version: 0x40,
    entry: 0x20002401,
    dcd: 0,
    bootData: 0x20001c20,
    self: 0x20001c00,
    csf: 0,
  });
  assert.deepEqual(bootDataOf(file, 20, found!), { start: 0x20001c00, length: 87884, plugin: 0 });
  assert.equal(ivtAt(file, 19), undefined);
  assert.equal(ivtAt(file, 80), undefined);
  assert.equal(ivtAt(file, -1), undefined);
  assert.equal(bootDataOf(file.subarray(0, 60), 20, found!), undefined);
});
