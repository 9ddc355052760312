import assert from "node:assert/strict";
import type { Mode } from "../device/detected_device.ts";
import { isSameUnit } from "./same_unit.ts";

const firmware = (id: string) => ({ id, mode: "firmware" }) as const;
const rom = (id: string) => ({ id, mode: "rom" }) as const;
const bootloader = (id: string) => ({ id, mode: "bootloader" }) as const;

/**
 * The id of a die in column 0x27 and row 0x34 of its wafer: words 2, 1, 0 as the bootloader shows
 * them.
 */
const UID = "33363231" + "3337510F" + "00340027";
/** The digits that its ROM shows: 33363231 + 00340027, then 3337 (dfu-dfuse.md D2). */
const ROM = "336A32583337";

/** Returns the same id after `change` of its bytes: 0 to 3 are word 2, 8 to 11 word 0. */
function neighbour(at: number, value: number): string {
  const bytes = Uint8Array.fromHex(UID);
  bytes[at] = value;
  return bytes.toHex().toUpperCase();
}

Deno.test("the complete unique id identifies a camera, in the order of bootloader and of memory", () => {
  const inMemory = "27003400" + "0F513733" + "31323633";
  assert.equal(isSameUnit(bootloader(UID), firmware(inMemory)), true);
  assert.equal(isSameUnit(bootloader(UID), firmware(inMemory.toLowerCase())), true);
  assert.equal(isSameUnit(bootloader(UID), bootloader(UID)), true);
  for (let at = 0; at < 12; at++) {
    assert.equal(isSameUnit(firmware(inMemory), bootloader(neighbour(at, 0x99))), false, `${at}`);
  }
});

Deno.test("a die in the next column or row is another camera, also by the 12 digits of a ROM", () => {
  assert.equal(isSameUnit(rom(ROM), bootloader(neighbour(11, 0x28))), false);
  assert.equal(isSameUnit(rom(ROM), bootloader(neighbour(9, 0x35))), false);
  assert.equal(isSameUnit(bootloader(neighbour(11, 0x28)), rom(ROM)), false);
});

Deno.test("the order in memory counts, too, and only 24 whole digits are an id", () => {
  const inMemory = "27003400" + "0F513733" + "31323633";
  assert.equal(isSameUnit(rom(ROM), firmware(inMemory)), undefined);
  const next = "28003400" + "0F513733" + "31323633";
  assert.equal(isSameUnit(rom(ROM), firmware(next)), false);
  const other = neighbour(11, 0x28);
  for (const id of [`${other}0`, `0${other}`, `${other.slice(1)}G`]) {
    assert.equal(isSameUnit(rom(ROM), bootloader(id)), undefined, id);
  }
  for (const id of [`${ROM}0`, `0${ROM}`, "", "33A000058337", "336A00003337"]) {
    const expected = id === "336A00003337" || id === "33A000058337" ? false : undefined;
    assert.equal(isSameUnit(rom(id), bootloader(UID)), expected, id);
  }
  assert.equal(isSameUnit(bootloader("336A32583338"), bootloader(UID)), undefined);
});

Deno.test("12 digits that fit prove nothing: a die of another wafer has the same", () => {
  assert.equal(isSameUnit(rom(ROM), bootloader(UID)), undefined);
  assert.equal(isSameUnit(rom(ROM), bootloader(neighbour(7, 0x10))), undefined);
});

Deno.test("a sum with a carry is that of the ROM; firmware may omit the carry", () => {
  // Row 0xDF of word 0 and the second byte of word 2 make a carry into the first.
  const uid = "33363231" + "3337510F" + "00DF0027";
  assert.equal(isSameUnit(rom("341532583337"), bootloader(uid)), undefined);
  assert.equal(isSameUnit(rom("331532583337"), bootloader(uid)), false);
  assert.equal(isSameUnit(firmware("331532583337"), bootloader(uid)), undefined);
  assert.equal(isSameUnit(firmware("331532593337"), bootloader(uid)), false);
});

Deno.test("constant serial numbers of real devices identify nothing", () => {
  const ofRealRoms = ["200364500000", "100364500000", "STM32FxSTM32", "STM32"];
  for (const id of ofRealRoms) assert.equal(isSameUnit(rom(id), bootloader(UID)), undefined, id);
  for (const id of ["000000000010", "000000000011", "0123456789ABCDEF", "", "00".repeat(12)]) {
    assert.equal(isSameUnit(firmware(id), bootloader(UID)), undefined, id);
  }
});

Deno.test("a ROM that omits the die's column, as that of a real F412, contradicts nothing", () => {
  // 36 and 37 from word 2; its 50 plus the column 0A is the 5A of the firmware.
  const uid = "36373750" + "35375100" + "0023000A";
  assert.equal(isSameUnit(rom("365A37503537"), bootloader(uid)), undefined);
  assert.equal(isSameUnit(firmware("365A375A3537"), bootloader(uid)), undefined);
  const nextColumn = "36373750" + "35375100" + "0023000B";
  assert.equal(isSameUnit(firmware("365A375A3537"), bootloader(nextColumn)), false);
});

Deno.test("serials of real devices (dfu-dfuse.md D2) differ in one byte: different cameras", () => {
  const uids = ["3837365A" + "35375100" + "00230000", "38373650" + "35375100" + "00230000"];
  const modes: readonly Mode[] = ["rom", "firmware"];
  for (const mode of modes) {
    for (const [at, id] of ["385A365A3537", "385A36503537"].entries()) {
      assert.equal(isSameUnit({ id, mode }, bootloader(uids[at])), undefined);
      assert.equal(isSameUnit({ id, mode }, bootloader(uids[1 - at])), false);
    }
  }
});
