import assert from "node:assert/strict";
import fc from "fast-check";
import { isKind } from "../../../common/errors.ts";
import { parseConfiguration, parseDeviceDescriptor } from "../../../transport/usb/descriptors.ts";
import type { UsbDeviceInfo } from "../../../transport/usb/device.ts";
import { findDfuInterfaces } from "../client/dfu_interface.ts";
import { findFunctionalDescriptor } from "./functional_descriptor.ts";
import { stateName, statusMeaning, statusName } from "./request.ts";
import { encodeStatusRecord, parseStatusRecord } from "./status_record.ts";

const bytes = (hex: string) => Uint8Array.from(hex.split(" "), (byte) => Number.parseInt(byte, 16));
const descriptor = parseDeviceDescriptor(
  bytes("12 01 00 01 00 00 00 40 83 04 11 DF 00 22 01 02 03 01"),
)!;
const info = (configuration: Uint8Array): UsbDeviceInfo => ({
  bus: 1,
  address: 2,
  portPath: "1-1",
  speed: "full",
  descriptor,
  configurations: [parseConfiguration(configuration)].filter((one) => one !== undefined),
});

Deno.test("a status record of the wire", () => {
  assert.deepEqual(parseStatusRecord(Uint8Array.of(3, 0xe8, 0x03, 0x01, 10, 4)), {
    bStatus: 3,
    bwPollTimeout: 66_536,
    bState: 10,
    iString: 4,
  });
});

Deno.test("status records keep their fields; short ones are refused", () => {
  const field = fc.integer({ min: 0, max: 255 });
  const record = fc.record({
    bStatus: field,
    bwPollTimeout: fc.integer({ min: 0, max: 0xffffff }),
    bState: field,
    iString: field,
  }, { noNullPrototype: true });
  fc.assert(fc.property(record, (record) => {
    assert.deepEqual(parseStatusRecord(encodeStatusRecord(record)), record);
  }));
  fc.assert(fc.property(fc.uint8Array({ maxLength: 5 }), (short) => {
    assert.throws(() => parseStatusRecord(short), (error) => isKind(error, "protocol"));
  }));
});

Deno.test("names of states and statuses, unknown ones included", () => {
  assert.equal(stateName(3), "dfuDNLOAD-SYNC");
  assert.equal(stateName(8), "dfuMANIFEST-WAIT-RESET");
  assert.equal(stateName(15), "state 15");
  assert.equal(statusName(0x0b), "errVENDOR");
  assert.equal(statusName(0x22), "status 0x22");
  assert.match(statusMeaning(3), /write/);
  assert.match(statusMeaning(99), /no specification/);
});

Deno.test("functional descriptors: 9 bytes, 7 bytes, behind others, and none", () => {
  assert.deepEqual(findFunctionalDescriptor(bytes("09 21 0B FF 00 00 08 1A 01")), {
    canDownload: true,
    canUpload: true,
    manifestationTolerant: false,
    willDetach: true,
    wDetachTimeOut: 255,
    wTransferSize: 2048,
    bcdDFUVersion: 0x011a,
  });
  const old = findFunctionalDescriptor(bytes("03 FF 00 07 21 01 E8 03 40 00"));
  assert.equal(old?.bcdDFUVersion, 0x0100);
  assert.equal(old?.wTransferSize, 64);
  assert.equal(findFunctionalDescriptor(bytes("05 21 0B FF 00")), undefined);
});

Deno.test("any bytes give a functional descriptor or none, and no endless loop", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), (extra) => {
    const found = findFunctionalDescriptor(extra);
    assert.ok(found === undefined || found.wTransferSize <= 0xffff);
  }));
  fc.assert(fc.property(fc.uint8Array({ maxLength: 128 }), (configuration) => {
    assert.ok(Array.isArray(findDfuInterfaces(info(configuration))));
  }));
});

Deno.test("the F4 ROM has one interface with four alternate settings", () => {
  const configuration = bytes(
    "09 02 36 00 01 01 00 C0 32 09 04 00 00 00 FE 01 02 04 09 04 00 01 00 FE 01 02 05 " +
      "09 04 00 02 00 FE 01 02 06 09 04 00 03 00 FE 01 02 07 09 21 0B FF 00 00 08 1A 01",
  );
  const [dfu, ...others] = findDfuInterfaces(info(configuration));
  assert.equal(others.length, 0);
  assert.equal(dfu.mode, "dfu");
  assert.ok(dfu.isDfuSe);
  assert.deepEqual(dfu.alternates.map(({ iInterface }) => iInterface), [4, 5, 6, 7]);
});

Deno.test("a run-time interface is told from DFU mode, a HID descriptor from a functional one", () => {
  const runtime = bytes(
    "09 02 1B 00 01 01 00 80 32 09 04 00 00 00 FE 01 01 00 09 21 0D E8 03 40 00 10 01",
  );
  assert.equal(findDfuInterfaces(info(runtime))[0].mode, "runtime");
  const hid = bytes(
    "09 02 1B 00 01 01 00 80 32 09 04 00 00 00 03 00 00 00 09 21 11 01 00 01 22 3F 00",
  );
  assert.deepEqual(findDfuInterfaces(info(hid)), []);
});
