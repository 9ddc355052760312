import assert from "node:assert/strict";
import fc from "fast-check";
import { isKind } from "../../../common/errors.ts";
import { findFunctionalDescriptor } from "./functional_descriptor.ts";
import { stateName, statusMeaning, statusName } from "./request.ts";
import { StatusRecord } from "./status_record.ts";
import { serialOfWords } from "./unique_id.ts";

const bytes = (hex: string) => Uint8Array.from(hex.split(" "), (byte) => Number.parseInt(byte, 16));

Deno.test("a status record as it is transferred", () => {
  assert.deepEqual(StatusRecord.decode(Uint8Array.of(3, 0xe8, 0x03, 0x01, 10, 4)), {
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
    assert.deepEqual(StatusRecord.decode(StatusRecord.encode(record)), record);
  }));
  fc.assert(fc.property(fc.uint8Array({ maxLength: 5 }), (short) => {
    assert.throws(() => StatusRecord.decode(short), (error) => isKind(error, "protocol"));
  }));
});

Deno.test("names of states and statuses, unknown ones included", () => {
  assert.equal(stateName(3), "dfuDNLOAD-SYNC");
  assert.equal(stateName(8), "dfuMANIFEST-WAIT-RESET");
  assert.equal(String(stateName(15)), "state 15");
  assert.equal(statusName(0x0b), "errVENDOR");
  assert.equal(statusName(0x22), "status 0x22");
  assert.match(String(statusMeaning(3)), /write/);
  assert.match(String(statusMeaning(99)), /not in any specification/);
});

Deno.test("functional descriptors: 9 bytes, 7 bytes, after others, and none", () => {
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

Deno.test("any bytes lead to a functional descriptor or none, without an endless loop", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), (extra) => {
    const found = findFunctionalDescriptor(extra);
    assert.ok(found === undefined || found.wTransferSize <= 0xffff);
  }));
});

Deno.test("a serial number is the words of the unique id, each from its highest byte on", () => {
  const uid = bytes("27 00 34 00 0F 51 37 33 31 32 63 03");
  assert.equal(serialOfWords(uid, [2, 1, 0]), "036332313337510F00340027");
  assert.equal(serialOfWords(uid, [0, 2]), "0034002703633231");
});
