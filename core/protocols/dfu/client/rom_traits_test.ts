import assert from "node:assert/strict";
import { parseLayout } from "../packets/layout.ts";
import { romTraits } from "./rom_traits.ts";

Deno.test("ROMs are recognised by their flash", () => {
  const rom = { idVendor: 0x0483, idProduct: 0xdf11 };
  const family = (text: string) => romTraits(parseLayout(text), rom)?.family;
  assert.equal(family("@Internal Flash  /0x08000000/04*016Kg,01*064Kg,07*128Kg"), "STM32F4");
  assert.equal(family("@Internal Flash  /0x08000000/04*032Kg,01*128Kg,07*256Kg"), "STM32F7");
  assert.equal(family("@Internal Flash   /0x08000000/16*128Kg"), "STM32H7");
  assert.equal(family("@Internal Flash   /0x08000000/256*02Kg"), undefined);
  for (const other of ["04*016Kg,01*064Kg,07*256Kg", "04*016Kg,01*128Kg,07*128Kg"]) {
    assert.equal(family(`@Internal Flash  /0x08000000/${other}`), undefined, other);
  }
  assert.equal(family("@Option Bytes   /0x5200201C/01*128 e"), undefined);
  assert.equal(family("@External Flash /0x90000000/128*128Kg"), undefined);
  const h7 = parseLayout("@Internal Flash   /0x08000000/16*128Kg");
  assert.equal(romTraits(h7, rom)?.stuckEraseFrom, 0x08100000);
  const arduino = { idVendor: 0x2341, idProduct: 0x035b };
  assert.equal(romTraits(h7, arduino)?.stuckEraseFrom, undefined);
});
