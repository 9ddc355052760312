import assert from "node:assert/strict";
import {
  alternatesById,
  isForbiddenAlternate,
  parseAlternateName,
  serialBootStage,
} from "./alternates.ts";
import {
  OPEN_BOOTLOADER_ALTERNATES,
  OPEN_BOOTLOADER_PRODUCT,
} from "../model/open_bootloader_descriptors.ts";
import { defaultSwitches, romAlternates, romSwitches } from "../model/rom_switches.ts";

const numbered = (names: readonly string[]) => new Map(names.map((name, at) => [at, name]));

Deno.test("names are parsed in every spelling", () => {
  const cases: [text: string, name: string, id: number | undefined][] = [
    ["@FSBL-EXT /0x03/1*32Ke", "FSBL-EXT", 3],
    ["@virtual/0xf1/1*512Be", "virtual", 0xF1],
    ["@FSBL /0x34180400/01*512Kg", "FSBL", 1],
    ["@Internal Flash  /0x08000000/04*016Kg", "Internal Flash", undefined],
    ["@RSSE_FW", "RSSE_FW", 0xF3],
    ["@OTP /0xF2/1*752Be", "OTP", 0xF2],
  ];
  for (const [text, name, id] of cases) assert.deepEqual(parseAlternateName(text), { name, id });
  assert.equal(parseAlternateName("FIRMWARE"), undefined);
});

Deno.test("alternates that must not be selected are not even listed, by number or by name", () => {
  const ids = alternatesById(numbered(OPEN_BOOTLOADER_ALTERNATES));
  assert.deepEqual([...ids], [[0, 0], [3, 1], [4, 2], [0xF1, 3]]);
  const tricky = [
    "@FSBL /0xF2/1*752Be",
    "@OTP /0x01/1*1Ke",
    "@RSSE_FW /0x04/1*1Ke",
    "@PMIC /0xF4/1",
  ];
  assert.deepEqual([...alternatesById(numbered(tricky))], []);
  for (const name of [...tricky, "@OTP", "@RSSE_BLOB /0xF5/1*256Ke"]) {
    assert.ok(isForbiddenAlternate(name), name);
  }
  const harmless = [
    "@OTP Memory /0x1FFF7800/01*512 e",
    "@Option Bytes  /0x1FFFC000/01*016 e",
    "FIRMWARE",
  ];
  for (const name of [...harmless, ...OPEN_BOOTLOADER_ALTERNATES.slice(0, 4)]) {
    assert.ok(!isForbiddenAlternate(name), name);
  }
});

Deno.test("the stage follows from names and product, never from the index", () => {
  const stage = (names: readonly string[], product?: string) =>
    serialBootStage(numbered(names), product);
  assert.equal(stage(OPEN_BOOTLOADER_ALTERNATES, OPEN_BOOTLOADER_PRODUCT), "open-bootloader");
  assert.equal(
    stage([...OPEN_BOOTLOADER_ALTERNATES].reverse(), OPEN_BOOTLOADER_PRODUCT),
    "open-bootloader",
  );
  for (const order of romSwitches.order) {
    for (const names of romSwitches.names) {
      const list = romAlternates({ ...defaultSwitches, order, names }).map(({ name }) => name);
      assert.equal(stage(list, "DFU in HS Mode"), "rom");
      assert.equal(stage(list, "DFU @Device ID /0x486, @Revision ID /0x1000"), "rom");
      assert.equal(stage(list, "DFU @Device ID /0x500, @Revision ID /0x2000"), undefined);
    }
  }
});

Deno.test("other chips with the same USB id are not recognised", () => {
  const others: [names: string[], product: string][] = [
    [
      ["@Internal Flash  /0x08000000/16*128Kg", "@Option Bytes  /0x5200201C/01*128 e"],
      "STM32  BOOTLOADER",
    ],
    [
      [
        "@Partition0 /0x00/1*256Ke",
        "@FSBL /0x01/1*1Me",
        "@Partition2 /0x02/1*1Me",
        "@virtual /0xF1/1*512Ba",
      ],
      "DFU in HS Mode",
    ],
    [
      ["@FlashLayout/0x00/1*256Ke", "@virtual/0xf1/1*512Be", "@OTP/0xf2/1*776Be"],
      "USB download gadget",
    ],
    [
      [...OPEN_BOOTLOADER_ALTERNATES],
      "STM32OpenBootloader DFU@Device ID /0x450, @Revision ID /0x1000",
    ],
    [[...OPEN_BOOTLOADER_ALTERNATES], "Another loader"],
    [OPEN_BOOTLOADER_ALTERNATES.slice(0, 3), OPEN_BOOTLOADER_PRODUCT],
    [[], ""],
  ];
  for (const [names, product] of others) {
    assert.equal(serialBootStage(numbered(names), product), undefined, product);
  }
});
