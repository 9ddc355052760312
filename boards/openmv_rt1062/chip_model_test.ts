import assert from "node:assert/strict";
import { VirtualClock } from "../../core/common/virtual_clock.ts";
import { u32 } from "../../core/common/struct.ts";
import { ChipModel } from "./chip_model.ts";
import { FLASH_BASE, FLASHLOADER_LOAD, regions, VECTOR_SECTOR } from "./memory_map.ts";
import { sampleBootloader, sampleFcb, sampleFirmware, sampleFlashloader } from "./samples.ts";

/** What the simulated chip starts, and what its registers show (imxrt-sdp-flashloader.md A9, C8). */

const BOOT_SOURCE = 0x10;

/** A chip whose flash is complete, changed by `change`. */
function chip(
  { word6 = BOOT_SOURCE, jumper = false, startsDamaged = false } = {},
  change: (chip: ChipModel) => void = () => {},
): ChipModel {
  const model = new ChipModel(new VirtualClock(), { 1: 0x11, 2: 0x22, 6: word6 }, startsDamaged);
  model.flash.load(FLASH_BASE, sampleFcb());
  model.flash.load(regions.bootloader.start, sampleBootloader());
  model.flash.load(regions.firmware.start, sampleFirmware());
  change(model);
  model.powerOn(jumper);
  return model;
}

/** Changes words of the flash, given as addresses and values in turn. */
function patch(...words: readonly number[]) {
  return ({ flash }: ChipModel) => {
    for (let at = 0; at < words.length; at += 2) {
      const word = new Uint8Array(4);
      u32.write(word, 0, words[at + 1], "word");
      flash.load(words[at], word);
    }
  };
}

const fullSbl = ({ flash }: ChipModel) =>
  flash.load(regions.bootloader.start, sampleBootloader({ size: 0x3_F000 }));
const sbl = regions.bootloader.start, firmware = regions.firmware.start;
const FORCE_INTERNAL_BOOT = 1 << 16, SDP_DISABLE = 1 << 17;

const starts: readonly [string, ChipModel, string][] = [
  ["all there", chip(), "sbl"],
  ["jumper", chip({ jumper: true }), "rom"],
  ["fuse not set", chip({ word6: 0 }), "rom"],
  ["fuse not set, no serial download", chip({ word6: SDP_DISABLE }), "nothing"],
  ["jumper, no serial download", chip({ word6: 0x10 | SDP_DISABLE, jumper: true }), "nothing"],
  ["jumper is ignored", chip({ word6: 0x10 | FORCE_INTERNAL_BOOT, jumper: true }), "sbl"],
  ["no FCB", chip({}, patch(FLASH_BASE, 0)), "rom"],
  ["FCB for another size of flash", chip({}, patch(FLASH_BASE + 0x50, 0x80_0000)), "rom"],
  ["no IVT", chip({}, patch(sbl, 0)), "rom"],
  ["IVT for another address", chip({}, patch(sbl + 0x14, 0x2000_2000)), "rom"],
  [
    "IVT and boot data for another address",
    chip({}, patch(sbl + 0x14, 0x2000_0C00, sbl + 0x10, 0x2000_0C20)),
    "rom",
  ],
  ["boot data outside of the program", chip({}, patch(sbl + 0x10, 0x2030_0000)), "rom"],
  ["boot data for another start", chip({}, patch(sbl + 0x20, 0x2000_1000)), "rom"],
  ["no length", chip({}, patch(sbl + 0x24, 0x1000)), "rom"],
  [
    "no length, and an entry before it",
    chip({}, patch(sbl + 0x24, 0x1000, sbl + 4, 0x2000_0401)),
    "rom",
  ],
  ["as long as its region", chip({}, fullSbl), "sbl"],
  ["longer than its region", chip({}, patch(sbl + 0x24, 0x4_0001)), "rom"],
  ["entry at its end", chip({}, patch(sbl + 4, 0x2000_8A58)), "rom"],
  ["entry behind its end", chip({}, patch(sbl + 4, 0x2003_0001)), "rom"],
  ["damaged", chip({}, patch(sbl + 0x1000, 1)), "nothing"],
  ["damaged, starts", chip({ startsDamaged: true }, patch(sbl + 0x1000, 1)), "sbl"],
  ["firmware without vectors", chip({}, patch(VECTOR_SECTOR + 4, 0)), "nothing"],
  ["even vector", chip({}, patch(VECTOR_SECTOR + 4, firmware + 0x3000)), "nothing"],
];

for (const [what, model, target] of starts) {
  Deno.test(`the chip starts ${target}: ${what}`, () => assert.equal(model.bootTarget(), target));
}

Deno.test("a firmware runs if it is whole, or of another layout with possible vectors", () => {
  const runs = (change?: (chip: ChipModel) => void, startsDamaged = false) =>
    chip({ startsDamaged }, change).firmwareRuns();
  assert.equal(runs(), true);
  assert.equal(runs(patch(firmware + 0x5000, 1)), false, "damaged");
  assert.equal(runs(patch(firmware + 0x5000, 1), true), true, "damaged, starts");
  assert.equal(runs(patch(VECTOR_SECTOR + 4, 0)), false, "no vectors");
  for (const [what, at, value] of [["no IVT", 0, 0], ["elsewhere", 0x20, 0x6000_0000]] as const) {
    const other = patch(firmware + 0x1000 + at, value);
    assert.equal(runs(other), true, what);
    assert.equal(
      runs((model) => {
        other(model);
        patch(VECTOR_SECTOR + 4, 0)(model);
      }),
      false,
      `${what}, no vectors`,
    );
  }
});

const actions = { jump: () => {}, crash: () => {} };

Deno.test("the flashloader runs if all of it was loaded", () => {
  const model = chip({ jumper: true });
  const rom = model.romMachine(actions);
  const program = sampleFlashloader();
  assert.equal(model.flashloaderRuns(), false);
  assert.equal(rom.write(FLASHLOADER_LOAD, program), true);
  assert.equal(model.flashloaderRuns(), true);
  assert.equal(rom.write(FLASHLOADER_LOAD + program.length - 1, Uint8Array.of(0x5A)), true);
  assert.equal(model.flashloaderRuns(), false);
  model.powerOn(true);
  assert.deepEqual(rom.read(FLASHLOADER_LOAD, 4), new Uint8Array(4), "RAM is lost");
});

Deno.test("the ROM reads RAM, fuses and the boot mode, and nothing else", () => {
  const read = (model: ChipModel, address: number, length = 4) =>
    model.romMachine(actions).read(address, length)?.toHex();
  const SRC_SBMR2 = 0x400F_801C, shadow = (index: number) => 0x401F_4400 + index * 0x10;
  assert.equal(read(chip(), SRC_SBMR2), "10000000");
  assert.equal(read(chip({ jumper: true, word6: 2 }), SRC_SBMR2), "02000001");
  assert.equal(read(chip({ word6: 0xFFFF_FFFF }), SRC_SBMR2), "12000000");
  assert.equal(read(chip(), shadow(1)), "11000000");
  assert.equal(read(chip(), shadow(6)), "10000000");
  assert.equal(read(chip(), shadow(1) + 1, 1), "00");
  assert.equal(read(chip(), shadow(1), 1), "11");
  assert.equal(read(chip(), shadow(0)), "00000000");
  assert.equal(read(chip(), shadow(63)), "00000000");
  assert.equal(read(chip(), shadow(6) + 1, 3), "000000");
  assert.equal(read(chip(), shadow(6) + 1, 4), undefined, "over the end of a register");
  for (const address of [shadow(-1), shadow(64), shadow(1) + 4, 0x6000_0000, 0x2001_FFFD]) {
    assert.equal(read(chip(), address), undefined, address.toString(16));
  }
  assert.equal(read(chip(), shadow(1) + 2), undefined, "a word that is not aligned");
  assert.equal(read(chip(), 0x2001_FFFC), "00000000", "the end of the RAM");
});

Deno.test("a shadow register takes a word until the power goes, and no fuse is burnt", () => {
  const model = chip();
  const rom = model.romMachine(actions);
  assert.equal(rom.write(0x401F_4460, Uint8Array.of(1, 2, 3, 4)), true);
  assert.equal(rom.read(0x401F_4460, 4)?.toHex(), "01020304");
  assert.equal(model.fuses.read(6), BOOT_SOURCE);
  assert.equal(rom.write(0x401F_4460, Uint8Array.of(1)), false);
  for (const [address, isThere] of [[0x401F_4400, true], [0x401F_47F0, true]] as const) {
    assert.equal(rom.write(address, Uint8Array.of(1, 2, 3, 4)), isThere, "first and last word");
  }
  for (const address of [0x401F_4464, 0x401F_43F0, 0x401F_4800]) {
    assert.equal(rom.write(address, Uint8Array.of(1, 2, 3, 4)), false, address.toString(16));
  }
  model.powerOn(false);
  assert.equal(rom.read(0x401F_4460, 4)?.toHex(), "10000000");
});

Deno.test("the chip's id stands in two fuse words", () => {
  assert.equal(chip().serial, "1100000022000000");
});

Deno.test("a closed chip says so to the ROM and to the loader", () => {
  for (const [word6, mode, state] of [[0x10, "open", 0], [0x12, "closed", 1]] as const) {
    const model = chip({ word6 });
    assert.equal(model.romMachine(actions).habMode, mode);
    const loader = model.loaderMachine("sbl", { reset: () => {}, commandReceived: () => {} });
    assert.deepEqual(loader.properties[17](0), [state]);
  }
});

/** The properties of both loaders (B7); RAM by index 0 to 2, and by one that does not exist. */
const properties = {
  1: [[0x4B02_0800]],
  2: [[0x11]],
  7: [[0x0005_6FDF]],
  10: [[1]],
  11: [[1012]],
  14: [[0], [0x2000_0000], [0x2020_0000], [0]],
  15: [[0x2_0000], [0x2_0000], [0x4_0000], [0x2_0000]],
  16: [[0]],
  17: [[0]],
  18: [[0x11, 0x22]],
  24: [[0x5401_0000]],
} as const;

for (
  const [role, reserved] of [
    ["flashloader", [0x2000_2000, 0x2001_734C, 0x2020_8000, 0x2021_63FF]],
    ["sbl", [0x6000_0000, 0x2000_8FFF, 0x2020_8000, 0x2020_D1FF]],
  ] as const
) {
  Deno.test(`the properties of the ${role}, and the RAM that it reserves`, () => {
    const loader = chip().loaderMachine(role, { reset: () => {}, commandReceived: () => {} });
    const found = Object.entries(loader.properties).map(([id, read]) => [
      id,
      [0, 1, 2, 9].map((index) => read(index)),
    ]);
    const wanted = Object.entries({ ...properties, 12: [reserved] }).map(([id, values]) => [
      id,
      [0, 1, 2, 3].map((index) => values[index] ?? values[0]),
    ]);
    assert.deepEqual(new Map(found as []), new Map(wanted as []));
    assert.deepEqual(loader.reserved, [reserved.slice(0, 2), reserved.slice(2)]);
    assert.equal(loader.role, role);
    // Only the SBL finds the flash set up, by its configuration block (B7).
    const attributes = [0x1F, 0x6000_0000, 0x4000, 0x100, 0x1000, 0x1_0000];
    assert.deepEqual(loader.flash.attributes, role === "sbl" ? attributes : undefined);
  });
}

Deno.test("a firmware as long as its region is judged as a whole, a longer one by its vectors", () => {
  for (const [length, runs] of [[0x3C_0000, false], [0x3C_0001, true]] as const) {
    // Boot data that counts more than the program: the checksum at its end is not there.
    const model = chip({}, patch(firmware + 0x1024, length));
    assert.equal(model.firmwareRuns(), runs, length.toString(16));
  }
});
