import assert from "node:assert/strict";
import { UnbrickError } from "../../core/common/errors.ts";
import { sampleStm32Bootloader, sampleStm32Firmware } from "../../core/image/sample.ts";
import { writeDeviceDescriptor } from "../../core/image/sample_stm32.ts";
import { boardImages } from "../../core/image/board_images.ts";
import { loadImage } from "../../core/image/load.ts";
import { buildStm32Image } from "../../core/protocols/serial_boot/packets/header_v2.ts";
import { board } from "./boards.ts";
import { openmvN6 } from "./mod.ts";
import { recoveryFiles } from "./recovery_files.ts";
import { sampleImages } from "./samples.ts";
import { checkBootloader, checkFirmware } from "./validate.ts";
import { imagesWith } from "../../tests/support/boards/openmv_n6_rig.ts";
import { genuineFiles } from "../../tests/support/images/genuine_files.ts";

const of = (role: string) => sampleImages().get(role)!.bytes;
const text = (content: string) => new TextEncoder().encode(content);
const layout = (row: string) =>
  text(
    "P\t0x1\ta\tBinary\tnone\t0x0\ta\nP\t0x3\tb\tBinary\tnone\t0x0\tb\n" + row,
  );

function changed(bytes: Uint8Array, at: number): Uint8Array {
  const copy = bytes.slice();
  copy[at] ^= 1;
  return copy;
}

function withEnd(bytes: Uint8Array, size: number): Uint8Array {
  const longer = new Uint8Array(size).fill(0xA5);
  longer.set(bytes);
  return longer;
}

const program = { ramBase: 0x3400_0000, ramSize: 0x2_0000, version: "1.0.3", simulationOnly: true };
const h7Bootloader = sampleStm32Bootloader({
  ...program,
  flashBase: 0x0800_0000,
  usbProductId: 0x9204,
  size: 30_000,
});
const otherBootloader = buildStm32Image(
  sampleStm32Bootloader({ ...program, flashBase: 0x3418_0400, usbProductId: 0x96E3, size: 9_000 }),
  { binaryType: 0x10 },
);
const firmwareOf = (archString: string, usbProductId: number, flashBase = 0x7008_0000) =>
  sampleStm32Firmware({ ...program, flashBase, archString, usbProductId, size: 9_000 });

type Changes = Record<string, Uint8Array | undefined>;
const refusals: [name: string, changes: Changes, kind: string, word: RegExp][] = [
  ["no OpenBootloader", { fsbl: undefined }, "not-found", /OpenBootloader_STM32N6570-DK/],
  ["no loader", { "external-loader": undefined }, "not-found", /MX66UW1G45G/],
  ["no bootloader", { bootloader: undefined }, "not-found", /bootloader\.bin/],
  ["damaged OpenBootloader", { fsbl: changed(of("fsbl"), 9_000) }, "bad-image", /checksum/],
  ["truncated OpenBootloader", { fsbl: of("fsbl").slice(0, 9_000) }, "bad-image", /truncated/],
  ["loader in place of OpenBootloader", { fsbl: of("external-loader") }, "bad-image", /STM2/],
  [
    "OpenBootloader in place of the loader",
    { "external-loader": of("fsbl") },
    "bad-image",
    /a flash loader has at most 32 KiB/,
  ],
  [
    "OpenBootloader in place of the bootloader",
    { bootloader: of("fsbl") },
    "bad-image",
    /it is OpenBootloader, a helper that runs in RAM/,
  ],
  [
    "bootloader in place of OpenBootloader",
    { fsbl: of("bootloader") },
    "bad-image",
    /not OpenBoot/,
  ],
  ["damaged bootloader", { bootloader: changed(of("bootloader"), 0x450) }, "bad-image", /checksum/],
  ["bootloader of an H7", { bootloader: h7Bootloader }, "bad-image", /not an STM32 image/],
  ["bootloader of another camera", { bootloader: otherBootloader }, "wrong-board", /37c5:96e3/],
  ["blank bootloader", { bootloader: new Uint8Array(9_000).fill(0xFF) }, "bad-image", /0xFF/],
  [
    "openmv.bin in place of the bootloader",
    { bootloader: Uint8Array.from({ length: 0x9_0000 }, (_, at) => of("bootloader")[at] ?? 0xA5) },
    "bad-image",
    /0x90000, outside the bootloader's region/,
  ],
  ["layout without the bootloader", { "flash-layout": layout("") }, "bad-image", /0x4 is missing/],
  [
    "layout that writes behind the bootloader",
    { "flash-layout": layout("P\t0x4\tc\tBinary\tnor0\t0x80000\tc\n") },
    "bad-image",
    /line 3, column 21.*outside the bootloader's region/,
  ],
  [
    "layout with the bootloader in another place",
    { "flash-layout": layout("P\t0x4\tc\tBinary\tnor0\t0x10000\tc\n") },
    "bad-image",
    /line 3, column 21.*starts the program at offset 0/,
  ],
  [
    "layout with the fuses",
    { "flash-layout": layout("P\t0xF2\totp\tBinary\tnone\t0x0\tc\n") },
    "bad-image",
    /line 3, column 3.*0xF2 is not an id/,
  ],
  [
    "firmware of an H7",
    { firmware: firmwareOf("OMV4 H7 1024", 0x1204) },
    "wrong-board",
    /OpenMV Cam H7/,
  ],
  [
    "firmware that names another USB id",
    { firmware: firmwareOf("nothing", 0x1204) },
    "wrong-board",
    /37c5:1204/,
  ],
  [
    "firmware for another address",
    { firmware: firmwareOf("OpenMV N6", 0x1206, 0x0804_0000) },
    "bad-image",
    /not valid for a program at 0x70080000/,
  ],
  [
    "bootloader in place of the firmware",
    { firmware: of("bootloader") },
    "bad-image",
    /program at/,
  ],
  [
    "firmware of 511 bytes",
    { firmware: of("firmware").slice(0, 511) },
    "bad-image",
    /at least 512/,
  ],
  ["blank firmware", { firmware: new Uint8Array(9_000) }, "bad-image", /only zeros/],
  [
    "firmware larger than its partition",
    { firmware: withEnd(of("firmware"), 0x38_0001) },
    "bad-image",
    /the firmware region has only 3670016/,
  ],
  [
    "firmware with an even reset vector",
    { firmware: changed(of("firmware"), 4) },
    "bad-image",
    /vector table is not valid/,
  ],
  ["ROMFS too large", { romfs0: new Uint8Array(0x180_0001).fill(1) }, "bad-image", /ROMFS/],
];

for (const [name, changes, kind, word] of refusals) {
  Deno.test(`restore is refused before any device is accessed: ${name}`, () => {
    assert.throws(() => openmvN6.plan("restore", board, imagesWith(changes), {}), (error) => {
      assert.ok(error instanceof UnbrickError, String(error));
      assert.match(error.message, word);
      assert.equal(error.kind, kind);
      return true;
    });
  });
}

/** A program with the USB ids of these products of OpenMV. */
const naming = (bytes: Uint8Array, ...products: number[]) => {
  const copy = bytes.slice();
  products.forEach((product, at) =>
    writeDeviceDescriptor(copy, 0x1800 + at * 0x40, [0, 0, 0], 0x37C5, product)
  );
  return copy;
};
const image = (bytes: Uint8Array) => loadImage(bytes, { role: "r", name: "r.bin", source: "test" });

Deno.test("firmware may contain ids of bootloaders, and of other cameras if its own is there, too", () => {
  const nameless = firmwareOf("nothing", 0).slice();
  for (const products of [[], [0x9204], [0x1204, 0x1206], [0x1206]]) {
    checkFirmware(image(naming(nameless, ...products)));
  }
  for (const products of [[0x1204], [0x9206, 0x1204]]) {
    assert.throws(() => checkFirmware(image(naming(nameless, ...products))), (error) => {
      assert.ok(error instanceof UnbrickError);
      const offset = 0x1800 + 0x40 * products.indexOf(0x1204), reason = "USB id 37c5:1204";
      assert.equal(error.kind, "wrong-board");
      assert.deepEqual(error.data, { file: "r.bin", offset, reason, board: "openmv-n6" });
      return true;
    });
  }
});

Deno.test("a file that is larger than a bootloader and begins as one may be openmv.bin", () => {
  const large = withEnd(of("bootloader"), 0x8_0001);
  const refused = (bytes: Uint8Array, message: RegExp) =>
    assert.throws(() => checkBootloader(image(bytes)), { kind: "bad-image", message });
  refused(large, /It may be openmv\.bin/);
  for (const other of [large.with(0, 0), large.with(1, 0)]) refused(other, /not an STM32 image/);
  const [warning] = checkBootloader(image(large.subarray(0, 0x8_0000)));
  assert.match(String(warning), /r\.bin/);
});

Deno.test("a bootloader may contain ids of firmware", () => {
  const code = (...products: number[]) =>
    image(
      buildStm32Image(
        naming(
          sampleStm32Bootloader({
            ...{ ...program, flashBase: 0x3418_0400, usbProductId: 0, size: 9_000 },
          }),
          ...products,
        ),
        { binaryType: 0x10 },
      ),
    );
  for (const products of [[], [0x1204], [0x9206], [0x9204, 0x9206]]) {
    assert.deepEqual(checkBootloader(code(...products)), []);
  }
  assert.throws(() => checkBootloader(code(0x1206, 0x9204)), { kind: "wrong-board" });
});

Deno.test("the layout is optional: the usual one is the same", () => {
  const without = recoveryFiles(imagesWith({ "flash-layout": undefined }));
  assert.deepEqual(without.layout, recoveryFiles(sampleImages()).layout);
  assert.equal(without.layout.length, 360);
});

Deno.test("an older bootloader without a version header is accepted with a warning", () => {
  const code = sampleStm32Bootloader({
    ...program,
    flashBase: 0x3418_0400,
    usbProductId: 0x9206,
    size: 9_000,
    header: false,
  });
  const bootloader = buildStm32Image(code, { binaryType: 0 });
  const { warnings } = recoveryFiles(imagesWith({ bootloader }));
  assert.deepEqual(warnings.map((text) => /binary type|version header/.exec(String(text))?.[0]), [
    "binary type",
    "version header",
  ]);
});

const genuine = genuineFiles("n6");

Deno.test({
  name: "the helpers and the layout that OpenMV ships are recognised and accepted",
  ignore: genuine.missing,
  fn() {
    const real = (role: string) => {
      const name = board.roles.find((one) => one.role === role)!.fileNames[0];
      return loadImage(genuine.read(name), { role, name, source: "real" });
    };
    const images = ["fsbl", "external-loader", "flash-layout"].map(real);
    const set = boardImages("real", [...images, sampleImages().get("bootloader")!]);
    const { warnings, layout } = recoveryFiles(set);
    assert.deepEqual(warnings, []);
    assert.equal(layout.length, 360);
  },
});
