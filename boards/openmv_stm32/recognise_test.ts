import assert from "node:assert/strict";
import type { SeenDevice } from "../../core/device/detected_device.ts";
import { UnbrickError } from "../../core/common/errors.ts";
import { recognise, refuse } from "./recognise.ts";

function seen(
  vendorId: number,
  productId: number,
  rest: Partial<SeenDevice> & { names?: string[] } = {},
): SeenDevice {
  const descriptor = { idVendor: vendorId, idProduct: productId };
  return {
    usb: { portPath: "1-1", descriptor } as SeenDevice["usb"],
    interfaceNames: new Map((rest.names ?? []).map((name, at) => [`0:${at}`, name])),
    ...rest,
  };
}

const rom = (...names: string[]) => recognise(seen(0x0483, 0xDF11, { names }));
const h7Boards = ["openmv-h7", "openmv-h7-plus", "openmv-pure-thermal"];
const allBoards = ["openmv-m4", "openmv-m7", ...h7Boards];

Deno.test("the ROM is recognised by the names of its alternates, in any order", () => {
  const f427 = "@Internal Flash  /0x08000000/04*016Kg,01*064Kg,07*128Kg,04*016Kg,01*064Kg,07*128Kg";
  const f765 = "@Internal Flash  /0x08000000/04*032Kg,01*128Kg,07*256Kg";
  const h743 = "@Internal Flash   /0x08000000/16*128Kg";
  const optionBytes = "@Option Bytes  /0x1FFFC000/01*016 e/0x1FFEC000/01*016 e";
  assert.deepEqual(rom(f427, optionBytes)?.boardIds, ["openmv-m4"]);
  assert.deepEqual(rom(optionBytes, f427)?.boardIds, ["openmv-m4"]);
  assert.deepEqual(rom(f427.slice(0, -1))?.boardIds, ["openmv-m4"], "cut by a short descriptor");
  assert.deepEqual(rom(f765)?.boardIds, ["openmv-m7"]);
  assert.deepEqual(rom(h743)?.boardIds, h7Boards);
  assert.equal(rom(h743)?.mode, "rom");
});

Deno.test("an F405 or F407 is not an M4: it has one bank of the same sectors (real devices)", () => {
  // platformio/platform-ststm32 issue 118; the F427: LEIA firmware docs, ArduPilot wiki.
  const f40x = [
    "@Internal Flash  /0x08000000/04*016Kg,01*064Kg,07*128Kg",
    "@Option Bytes  /0x1FFFC000/01*016 e",
    "@OTP Memory /0x1FFF7800/01*512 e,01*016 e",
    "@Device Feature/0xFFFF0000/01*004 e",
  ];
  assert.equal(rom(...f40x), undefined);
  const refused = refuse(seen(0x0483, 0xDF11, { names: f40x, product: "STM32  BOOTLOADER" }));
  assert.match(String(refused?.title), /^STM32F405\/F407 system bootloader/);
  assert.equal(refused?.reason.kind, "wrong-board");
  const [first] = f40x;
  assert.deepEqual(rom(`${first},04*016Kg,01*064Kg,07*128Kg`)?.boardIds, ["openmv-m4"]);
});

Deno.test("OpenMV devices without images are named, and not taken for similar boards", () => {
  // openmv-runtime.md 4.1: 1208 from the driver files of OpenMV IDE, 1207 and AFE3 listed only.
  const title = (id: number) => String(refuse(seen(0x37C5, id))?.title);
  assert.match(title(0x1208), /^OpenMV N6 Classic, running/);
  assert.match(title(0x9208), /^OpenMV N6 Classic, bootloader/);
  for (const id of [0x1207, 0xAFE3]) assert.equal(title(id), "Unknown OpenMV device");
  assert.equal(refuse(seen(0x1209, 0xABD1)), undefined);
});

Deno.test("ROMs of chips that no camera of this family has are not recognised", () => {
  assert.equal(rom(), undefined);
  assert.equal(rom("@FSBL /0x01/1*1Me", "@virtual /0xF1/1*512Ba"), undefined, "N6");
  assert.equal(rom("@Internal Flash  /0x08000000/04*016Kg,01*64Kg,03*128Kg"), undefined, "F72x");
  assert.equal(rom("@Internal Flash  /0x08000000/04*032Kg,01*128Kg,03*256Kg"), undefined, "F74x");
  assert.equal(rom("@Internal Flash   /0x08000000/256*02Kg"), undefined, "G4");
});

Deno.test("a ROM whose names cannot be read may be any board, so that the reason can be shown", () => {
  const unreadable = new UnbrickError("permission", "Not allowed.");
  assert.deepEqual(recognise(seen(0x0483, 0xDF11, { unreadable }))?.boardIds, allBoards);
});

Deno.test("bootloaders and firmware are recognised by their product ids", () => {
  const ids = [
    [0x1202, 0x9202, "openmv-m4"],
    [0x1203, 0x9203, "openmv-m7"],
    [0x1204, 0x9204, "openmv-h7"],
    [0x124A, 0x924A, "openmv-h7-plus"],
    [0x1205, 0x9205, "openmv-pure-thermal"],
  ] as const;
  for (const [firmware, bootloader, id] of ids) {
    const running = recognise(seen(0x37C5, firmware)),
      waiting = recognise(seen(0x37C5, bootloader));
    assert.deepEqual([running?.mode, running?.boardIds], ["firmware", [id]]);
    assert.deepEqual([waiting?.mode, waiting?.boardIds], ["bootloader", [id]]);
  }
  assert.equal(recognise(seen(0x37C5, 0x9206)), undefined, "N6");
  assert.equal(recognise(seen(0x37C5, 0x96E3)), undefined, "AE3");
  assert.equal(recognise(seen(0x1234, 0x1202)), undefined);
});

Deno.test("the serial number distinguishes old firmware from the old serial bootloader with the same id", () => {
  const running = recognise(seen(0x1209, 0xABD1, { serial: "3155345A3139" }));
  assert.deepEqual(running?.boardIds, allBoards);
  assert.equal(running?.mode, "firmware");
  assert.match(String(running?.title ?? ""), /with old firmware/);
  for (const serial of ["000000000010", "000000000011"]) {
    assert.match(
      String(recognise(seen(0x1209, 0xABD1, { serial }))?.title ?? ""),
      /serial bootloader/,
    );
  }
});
