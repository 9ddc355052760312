import assert from "node:assert/strict";
import { decodePacket, encodePacket } from "./command.ts";
import { buildFlexspiConfig, flexspiConfigAt } from "./flexspi_config.ts";
import { externalMemoryOf, propertyNames, versionText } from "./property.ts";
import { decodeReport, encodeReport } from "./report.ts";
import { statusName } from "./status.ts";

/** Commands, properties and the FlexSPI block as imxrt-sdp-flashloader.md B2 to B9 and C5 have them. */

Deno.test("a packet keeps its flag and its parameters; one that is cut short is none", () => {
  for (const hasDataPhase of [true, false]) {
    const bytes = encodePacket(4, [0x6000_0000, 8], hasDataPhase);
    assert.equal(bytes.toHex(), `040${hasDataPhase ? 1 : 0}00020000006008000000`);
    assert.deepEqual(decodePacket(bytes), { tag: 4, hasDataPhase, parameters: [0x6000_0000, 8] });
    for (let length = 0; length < bytes.length; length++) {
      assert.equal(decodePacket(bytes.subarray(0, length)), undefined);
    }
  }
  assert.deepEqual(encodePacket(11), Uint8Array.of(11, 0, 0, 0));
  assert.equal(decodePacket(Uint8Array.of(11, 2, 0, 0))?.hasDataPhase, false);
});

Deno.test("a report is read up to its length; one that is shorter than it claims is none", () => {
  const bytes = encodeReport(4, Uint8Array.of(7, 8));
  assert.deepEqual([...bytes], [4, 0, 2, 0, 7, 8]);
  const content = { id: 4, payload: Uint8Array.of(7, 8) };
  assert.deepEqual(decodeReport(bytes), content);
  assert.deepEqual(decodeReport(Uint8Array.of(...bytes, 9, 9)), content);
  for (const length of [0, 3, 5]) assert.equal(decodeReport(bytes.subarray(0, length)), undefined);
});

Deno.test("a version has the letter of its product, if that is printable", () => {
  const texts: [number, string][] = [
    [0x4b02_0800, "K2.8.0"],
    [0x2001_0203, " 1.2.3"],
    [0x1f01_0203, "1.2.3"],
    [0x7e01_0203, "~1.2.3"],
    [0x7f01_0203, "1.2.3"],
    [0xff_fe_fd, "255.254.253"],
  ];
  for (const [word, text] of texts) assert.equal(versionText(word), text);
  assert.equal(propertyNames[25], "External Memory Attributes");
});

Deno.test("of an external memory only the fields in the mask are known", () => {
  const words = [10, 20, 30, 40, 50],
    names = ["start", "sizeKiB", "pageSize", "sectorSize", "blockSize"];
  for (const [bit, name] of names.entries()) {
    const known = Object.entries(externalMemoryOf([1 << bit, ...words])).filter(([, one]) =>
      one !== undefined
    );
    assert.deepEqual(known, [[name, words[bit]]]);
  }
  assert.ok(Object.values(externalMemoryOf([])).every((one) => one === undefined));
});

Deno.test("an unknown status is called so", () => {
  assert.deepEqual([0, 20_106, 4711].map((one) => String(statusName(one))), [
    "success",
    "FlexSPI NOR: command failure",
    "unknown status",
  ]);
});

const chip = { flashSize: 0x1000000, pageSize: 256, sectorSize: 4096, blockSize: 65_536 };

Deno.test("the FlexSPI block has the words of a quad chip, and nothing else", () => {
  const block = buildFlexspiConfig(chip, 8);
  assert.equal(block.length, 512);
  const words = new Uint32Array(block.slice().buffer);
  const expected: Readonly<Record<number, number>> = {
    0x000: 0x4246_4346, // "FCFB"
    0x004: 0x5601_0400, // V1.4.0
    0x00c: 0x0003_0300, // chip select
    0x044: 0x0008_0401, // type 1, 4 pads, clock 8
    0x050: 0x0100_0000,
    0x080: 0x0a18_04eb, // quad read
    0x084: 0x2604_3206,
    0x090: 0x2404_0405, // status
    0x0b0: 0x0000_0406, // write enable
    0x0d0: 0x0818_0420, // sector erase
    0x110: 0x0818_0402, // program
    0x114: 0x0000_2004,
    0x130: 0x0000_0460, // chip erase
    0x1c0: 256,
    0x1c4: 4096,
    0x1d0: 65_536,
  };
  for (const [at, word] of words.entries()) {
    assert.equal(word, expected[at * 4] ?? 0, `0x${(at * 4).toString(16)}`);
  }
  const config = flexspiConfigAt(Uint8Array.of(9, ...block), 1);
  const { blockSize: _, ...sizes } = chip;
  assert.deepEqual(config, {
    ...sizes,
    version: "1.4.0",
    deviceType: 1,
    pads: 4,
    clock: 8,
    canRead: true,
  });
});

Deno.test("a FlexSPI block without its tag is none; one without a read sequence cannot read", () => {
  const block = buildFlexspiConfig(chip, 8);
  const canRead = (fill: (sequence: Uint8Array) => void) => {
    const changed = block.slice();
    fill(changed.subarray(0x80, 0x90));
    return flexspiConfigAt(changed)?.canRead;
  };
  assert.equal(canRead((sequence) => sequence.fill(0)), false);
  assert.equal(canRead((sequence) => sequence.fill(0xff)), false);
  // An erased chip whose last word was written, and the other way round.
  assert.equal(canRead((sequence) => sequence.fill(0xff).fill(0, 12)), true);
  assert.equal(canRead((sequence) => sequence.fill(0).fill(1, 12)), true);
  block[0] ^= 1;
  assert.equal(flexspiConfigAt(block), undefined);
  assert.equal(flexspiConfigAt(block.subarray(0, 511)), undefined);
});
