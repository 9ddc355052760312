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

function patch(address: number, value: number) {
  return ({ flash }: ChipModel) => {
    const word = new Uint8Array(4);
    u32.write(word, 0, value, "word");
    flash.load(address, word);
  };
}

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
  ["boot data for another start", chip({}, patch(sbl + 0x20, 0x2000_1000)), "rom"],
  ["no length", chip({}, patch(sbl + 0x24, 0x1000)), "rom"],
  ["longer than its region", chip({}, patch(sbl + 0x24, 0x4_0001)), "rom"],
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
  assert.equal(rom.write(0x401F_4464, Uint8Array.of(1, 2, 3, 4)), false);
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

Deno.test("the loaders tell which of them runs, and where RAM is", () => {
  const of = (role: "flashloader" | "sbl") =>
    chip().loaderMachine(role, { reset: () => {}, commandReceived: () => {} });
  const { properties, reserved } = of("flashloader");
  assert.deepEqual(properties[12](0)[0], 0x2000_2000);
  assert.deepEqual(of("sbl").properties[12](0)[0], 0x6000_0000);
  assert.deepEqual(reserved[0], [0x2000_2000, 0x2001_734C]);
  assert.equal(reserved.length, 2);
  assert.deepEqual([0, 1, 2].map((index) => properties[14](index)[0]), [
    0,
    0x2000_0000,
    0x2020_0000,
  ]);
  assert.deepEqual([0, 1, 2].map((index) => properties[15](index)[0]), [
    0x2_0000,
    0x2_0000,
    0x4_0000,
  ]);
  assert.deepEqual(properties[14](9), [0], "an index that does not exist");
  assert.deepEqual(properties[1](0), [0x4B02_0800]);
  assert.deepEqual(properties[18](0), [0x11, 0x22]);
});
