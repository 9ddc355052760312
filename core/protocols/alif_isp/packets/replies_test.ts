import assert from "node:assert/strict";
import { UnbrickError } from "../../../common/errors.ts";
import {
  bannerVersion,
  compareVersions,
  cpuName,
  encodeTocInfoEntry,
  lifeCycleName,
  parseCpuStatus,
  parseMramTable,
  parseRevision,
  parseTocInfoEntry,
  readEnquiry,
  versionText,
} from "./replies.ts";

/** Replies as alif-isp.md B.6 has them, byte by byte. */

function put(length: number, parts: Readonly<Record<number, readonly number[] | string>>) {
  const bytes = new Uint8Array(length);
  for (const [at, part] of Object.entries(parts)) {
    bytes.set(typeof part === "string" ? new TextEncoder().encode(part) : part, Number(at));
  }
  return bytes;
}

const revision = (soc: readonly number[]) =>
  put(133, { 0: soc, 4: "AE302F80F55D5AE", 20: [1, 2], 36: [3], 92: [0xAB, 0xCD], 132: [5] });

Deno.test("a revision names chip, part, keys, serial number and life cycle", () => {
  const { hbk0, hbk1, ...rest } = parseRevision(revision([0x00, 0xB4, 0, 0]));
  assert.deepEqual(rest, {
    soc: 0xB400,
    name: "B4",
    part: "AE302F80F55D5AE",
    serial: "ABCD" + "00".repeat(10),
    lifeCycle: 5,
  });
  assert.deepEqual([hbk0.length, ...hbk0.subarray(0, 3), hbk1[0]], [16, 1, 2, 0, 3]);
  assert.equal(parseRevision(revision([0x00, 0xA0, 0, 0])).name, "A0");
  for (const soc of [[0x00, 0xC4], [0x01, 0xB4], [0x00, 0xB4, 1], [0, 0xBA]]) {
    assert.equal(parseRevision(revision(soc)).name, "unknown");
  }
  for (const length of [132, 134]) {
    assert.throws(() => parseRevision(new Uint8Array(length)), (error) => {
      assert.ok(error instanceof UnbrickError && error.kind === "protocol");
      assert.deepEqual(error.data, { received: length + 3, expected: 136 });
      return true;
    });
  }
  assert.deepEqual([0, 1, 5, 7, 3].map(lifeCycleName), ["CM", "DM", "SE", "RMA", "3"]);
});

Deno.test("an enquiry comes from the ROM or from the firmware, which tells maintenance", () => {
  const errors = { 1: [7], 5: [9] };
  const serom = readEnquiry(put(9, { 0: [1], ...errors }));
  assert.equal(serom?.source, "SEROM");
  assert.deepEqual([serom.error, serom.extendedError, serom.isMaintenance], [7, 9, false]);
  for (const [value, isMaintenance] of [[1, true], [0, false], [2, false]] as const) {
    const ses = readEnquiry(put(13, { 0: [2], ...errors, 9: [value] }));
    assert.equal(ses?.source, "SES");
    assert.deepEqual([ses.error, ses.extendedError, ses.isMaintenance], [7, 9, isMaintenance]);
  }
  assert.equal(readEnquiry(put(13, { 0: [3] })), undefined);
  assert.equal(readEnquiry(put(12, { 0: [2] })), undefined, "too short");
  assert.equal(readEnquiry(put(8, { 0: [1] })), undefined, "too short");
  assert.equal(readEnquiry(put(32, { 0: [1] }))?.source, "SEROM");
  assert.equal(readEnquiry(put(33, { 0: [1] })), undefined, "too long");
});

Deno.test("an entry of a table: the running copy has a star before its name", () => {
  const entry = {
    name: "SERAM0",
    isRunning: true,
    cpu: 8,
    storeAddress: 1,
    objectAddress: 2,
    loadAddress: 3,
    bootAddress: 4,
    size: 5,
    version: 6,
    flags: "u VB",
  };
  const bytes = encodeTocInfoEntry(entry);
  assert.equal(bytes.length, 48);
  assert.equal(bytes[0], 0xA7);
  assert.equal(new TextDecoder().decode(bytes.subarray(1, 9)), "* SERAM0");
  assert.deepEqual([...bytes.subarray(9, 13), bytes[13], bytes[33]], [8, 0, 0, 0, 1, 6]);
  assert.deepEqual(parseTocInfoEntry(bytes), entry);
  const other = { ...entry, name: "A*B", isRunning: false };
  assert.deepEqual(parseTocInfoEntry(encodeTocInfoEntry(other)), other);
  assert.equal(parseTocInfoEntry(put(48, { 1: "*HP" })).name, "HP");
  assert.throws(() => parseTocInfoEntry(new Uint8Array(47)), { kind: "protocol" });
});

Deno.test("a table in MRAM, and the processors", () => {
  const bytes = put(25, { 0: [0xA5], 1: [0x10], 5: [1], 9: "OEMTOC01", 19: [3] });
  assert.deepEqual(parseMramTable(bytes), { address: 16, type: 1, magic: "OEMTOC01", entries: 3 });
  const records = [2, 1, 0x10, 0, 0, 0, 3, 0, 0x20, 0, 0, 0];
  const cpus = [
    { cpu: 2, isBooted: true, bootAddress: 16 },
    { cpu: 3, isBooted: false, bootAddress: 32 },
  ];
  assert.deepEqual(parseCpuStatus(Uint8Array.from(records)), cpus);
  assert.deepEqual(parseCpuStatus(Uint8Array.from([...records, 9, 9, 9, 9, 9])), cpus);
  assert.deepEqual(parseCpuStatus(new Uint8Array(5)), []);
  assert.deepEqual([0, 2, 3, 7, 8, 15, 9].map(cpuName), [
    "A32_0",
    "M55-HP",
    "M55-HE",
    "cpu 7",
    "SE",
    "-",
    "cpu 9",
  ]);
});

Deno.test("versions are read, written and compared as numbers", () => {
  assert.equal(versionText(0x0168_0000), "1.104.0");
  assert.equal(versionText(0xFF00_0200), "255.0.2");
  assert.equal(bannerVersion("SES B4 v1.104.0 Dec  1 2023"), "1.104.0");
  assert.equal(bannerVersion("SES A1  v01.002.03"), "1.2.3");
  for (const other of ["SES v1.2.3", "SES B4 1.2.3", "SEROM v1.2.3", "SES B4 v1.2"]) {
    assert.equal(bannerVersion(other), undefined, other);
  }
  const order = (a: string, b: string) => Math.sign(compareVersions(a, b));
  for (
    const [a, b] of [["1.9.0", "1.10.0"], ["1.104.0", "2.0.0"], ["1.2.3", "1.2.4"], ["1", "1.0.1"]]
  ) {
    assert.deepEqual([order(a, b), order(b, a), order(a, a)], [-1, 1, 0], `${a} ${b}`);
  }
  assert.equal(order("1.2", "1.2.0"), 0);
  assert.equal(order("1.2.3", "1.2.3.1"), 0, "a version has three numbers");
});
