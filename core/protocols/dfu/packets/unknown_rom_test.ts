import assert from "node:assert/strict";
import { refuseRom } from "./unknown_rom.ts";

const told = (names: string[], product?: string) => {
  const { title, reason } = refuseRom({ port: "1-1", names, product });
  assert.equal(reason.kind, "wrong-board");
  return { title: String(title), reason: reason.message };
};
const title = (names: string[], product?: string) => told(names, product).title;

Deno.test("ROMs that no camera has are named after the chip that they announce (real devices)", () => {
  const f4 = "STM32  BOOTLOADER";
  const h7 = "DFU in FS Mode";
  const rom = " system bootloader (ST ROM)";
  const f401 = "@Internal Flash  /0x08000000/04*016Kg,01*064Kg,03*128Kg";
  // zmkfirmware/zmk issue 1711
  assert.equal(title([f401, "@Option Bytes  /0x1FFFC000/01*016 e"], f4), `STM32F401/F411${rom}`);
  const f72x = "@Internal Flash  /0x08000000/04*016Kg,01*64Kg,03*128Kg"; // dfu-dfuse.md B4
  assert.equal(title([f72x, "@Option Bytes  /0x1FFF0000/01*048 e"], f4), `STM32F72x/F73x${rom}`);
  const f74x = "@Internal Flash  /0x08000000/04*032Kg,01*128Kg,03*256Kg"; // dfu-dfuse.md B4
  assert.equal(title([f74x], f4), `STM32F74x/F75x${rom}`);
  // o-murphy/pydfuutil issue 15
  assert.equal(title(["@Internal Flash   /0x08000000/256*08Kg"], h7), `STM32H7A3/H7B3${rom}`);
  // dfu-rs/dfu-libusb issue 4
  const g4 = ["@Internal Flash   /0x08000000/256*02Kg", "@Option Bytes   /0x1FFF7800/01*040 e"];
  assert.equal(title(g4, h7), `STM32G4${rom}`);
});

Deno.test("an unknown layout shows the chip family, by the address of the option bytes", () => {
  const odd = "@Internal Flash   /0x08000000/15*128Kg";
  const h7 = told([odd, "@Option Bytes   /0x5200201C/01*128 e"], "DFU in FS Mode");
  assert.equal(h7.title, "STM32H7 system bootloader (ST ROM)");
  assert.match(
    h7.reason,
    /No camera that unbrick knows has the memory that it reports: @Internal/,
  );
  assert.equal(title([odd]), "Unknown STM32 system bootloader (ST ROM)");
  assert.match(told([]).reason, /does not name its memory/);
});

Deno.test("other devices with ST's id are called by their own names", () => {
  // DH electronics' board README; electro-smith's Daisy.
  const mp13 = "DFU in HS Mode @Device ID /0x501, @Revision ID /0x1003";
  assert.equal(title(["@FSBL /0x01/1*128Ke"], mp13), "STM32 with the device id 0x501");
  const daisy = ["@Flash /0x90000000/64*4Kg/0x90040000/60*64Kg/0x90400000/60*64Kg"];
  assert.equal(title(daisy, "Daisy Bootloader"), `"Daisy Bootloader" on the USB id of ST's ROM`);
});
