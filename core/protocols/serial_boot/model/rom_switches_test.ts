import assert from "node:assert/strict";
import { defaultSwitches, romAlternates, type RomSwitches, romSwitches } from "./rom_switches.ts";

/** Names, ids and order of the ROM's alternate settings (stm32n6-serial-boot.md E, real-devices.md 2). */

const alternates = (change: Partial<RomSwitches>) =>
  romAlternates({ ...defaultSwitches, ...change }).map(({ name, id }) =>
    `${id.toString(16)} ${name}`
  );

const ids = [
  "1 @FSBL /0x01/1*512Ke",
  "f3 @RSSE_FW /0xF3/1*256Ke",
  "f5 @RSSE_BLOB /0xF5/1*256Ke",
  "f6 @RSSE_PLUGIN /0xF6/1*256Ke",
  "f1 @virtual /0xF1/1*512Be",
];

for (
  const [names, expected] of [
    ["ids", ids],
    ["tight", ids.map((text) => text.replace(" /", "/"))],
    ["addresses", ["1 @FSBL /0x34180400/01*512Kg", ...ids.slice(1)]],
    ["padded", [
      ...["1 @FSBL        /0x34180400/01*512Kg", "f3 @RSSE_FW     ", "f5 @RSSE_BLOB   "],
      ...["f6 @RSSE_PLUGIN ", "f1 @virtual     "],
    ]],
  ] as const
) {
  Deno.test(`alternate settings with names as ${names}, in each order`, () => {
    assert.deepEqual(alternates({ names }), expected);
    assert.deepEqual(alternates({ names, order: "reversed" }), expected.toReversed());
    assert.deepEqual(alternates({ names, order: "virtual-first" }), [
      expected[4],
      ...expected.slice(0, 4),
    ]);
  });
}

Deno.test("each switch begins with its first value", () => {
  for (const [name, [first]] of Object.entries(romSwitches)) {
    assert.equal(defaultSwitches[name as keyof RomSwitches], first);
  }
});
