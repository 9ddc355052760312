import assert from "node:assert/strict";
import { UnbrickError } from "../../core/common/errors.ts";
import type { JobOptions } from "../../core/family/family.ts";
import type { Image } from "../../core/image/image.ts";
import { boardImages } from "../../core/image/board_images.ts";
import { loadImage } from "../../core/image/load.ts";
import { rt1062 } from "./boards.ts";
import { piecesOf } from "./flash_image.ts";
import { regions, VECTOR_SECTOR } from "./memory_map.ts";
import { openmvRt1062 } from "./mod.ts";
import {
  isIntact,
  sampleBootloader,
  sampleFirmware,
  sampleFlashloader,
  sampleImages,
} from "./samples.ts";
import {
  asWritten,
  checkBootloader,
  checked,
  checkFirmware,
  checkFlashloader,
} from "./validate.ts";
import { genuineFiles } from "../../tests/support/images/genuine_files.ts";
import { u32 } from "../../core/common/struct.ts";

const genuine = genuineFiles("rt1062");

function image(role: string, bytes: Uint8Array, name = `${role}.bin`): Image {
  return loadImage(bytes, { role, name, source: "the test" });
}

function refused(work: () => unknown): UnbrickError {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof UnbrickError, String(error));
    return error;
  }
  assert.fail("nothing was refused");
}

/** Returns a copy with one 32-bit word changed. */
function patched(bytes: Uint8Array, at: number, value: number): Uint8Array {
  const copy = bytes.slice();
  u32.write(copy, at, value, "the image");
  return copy;
}

Deno.test("the generated images pass, each for its own role only", () => {
  const all = {
    flashloader: sampleFlashloader(),
    bootloader: sampleBootloader(),
    firmware: sampleFirmware(),
  };
  for (const [role, bytes] of Object.entries(all)) {
    assert.ok(checked(image(role, bytes)));
    for (const other of Object.keys(all).filter((one) => one !== role)) {
      assert.equal(refused(() => checked(image(other, bytes))).kind, "bad-image", other);
    }
  }
});

const loader = sampleFlashloader(), sbl = sampleBootloader(), firmware = sampleFirmware();

const cases:
  readonly (readonly [string, (image: Image) => void, Uint8Array, number | undefined])[] = [
    ["an empty flashloader", checkFlashloader, new Uint8Array(), 0],
    ["a blank flashloader", checkFlashloader, new Uint8Array(30_000).fill(0xff), 0],
    ["a truncated flashloader", checkFlashloader, loader.subarray(0, 10_000), 0x20],
    ["a flashloader without an IVT", checkFlashloader, patched(loader, 0, 0), 0],
    [
      "a flashloader for another address",
      checkFlashloader,
      patched(loader, 0x14, 0x20000000),
      0x14,
    ],
    ["boot data outside of the file", checkFlashloader, patched(loader, 0x10, 0x20300000), 0x10],
    ["an even entry", checkFlashloader, patched(loader, 4, 0x20002400), 4],
    ["an entry outside of the image", checkFlashloader, patched(loader, 4, 0x60002401), 4],
    ["an entry before the image", checkFlashloader, patched(loader, 4, 0x20001bff), 4],
    [
      "an entry at the end of the image",
      checkFlashloader,
      patched(sampleFlashloader({ size: 0x2001 }), 4, 0x20003c01),
      4,
    ],
    [
      "a flashloader that does not fit the RAM",
      checkFlashloader,
      sampleFlashloader({ size: 0x1e401 }),
      0x1e400,
    ],
    ["an SBL that is too large", checkBootloader, sampleBootloader({ size: 0x3f001 }), 0x3f000],
    ["an SBL for another address", checkBootloader, patched(sbl, 0x14, 0x20001c00), 0x14],
    ["an SBL with another start", checkBootloader, patched(sbl, 0x20, 0x20001000), 0x20],
    ["a truncated SBL", checkBootloader, sbl.subarray(0, 20_000), 0x20],
    ["a firmware without FCB", checkFirmware, patched(firmware, 0, 0), 0],
    ["a firmware without IVT", checkFirmware, patched(firmware, 0x1000, 0), 0x1000],
    ["a stack outside of RAM", checkFirmware, patched(firmware, 0x2000, 0x08000000), 0x2000],
    ["an even reset vector", checkFirmware, patched(firmware, 0x2004, 0x60043000), 0x2004],
    ["a reset vector elsewhere", checkFirmware, patched(firmware, 0x2004, 0x60003001), 0x2004],
    ["a reset vector behind the end", checkFirmware, patched(firmware, 0x2004, 0x60200001), 0x2004],
    [
      "a reset vector at the end",
      checkFirmware,
      patched(sampleFirmware({ size: 0x8001 }), 0x2004, 0x60048001),
      0x2004,
    ],
    ["a truncated firmware", checkFirmware, firmware.subarray(0, 0x2000), 0x2000],
    ["a firmware too large", checkFirmware, sampleFirmware({ size: 0x3c0001 }), 0x3c0000],
  ];
for (const [what, check, bytes, offset] of cases) {
  Deno.test(`refused with file and offset: ${what}`, () => {
    const error = refused(() => check(image("any", bytes, "given.bin")));
    assert.equal(error.kind, "bad-image");
    assert.equal(error.data.file, "given.bin");
    assert.equal(error.data.offset, offset, error.message);
  });
}

Deno.test("an image made for another address is refused, one for its own is not", () => {
  // imxrt-sdp-flashloader.md 0, A6
  const places = [
    [image("flashloader", loader), 0x2000_1C00],
    [image("bootloader", sbl), 0x6000_1000],
    [image("firmware", firmware), 0x6004_0000],
    [sampleImages().get("romfs0")!, 0x6080_0000],
  ] as const;
  for (const [one, address] of places) {
    assert.ok(checked({ ...one, address }), one.role);
    const { kind, data } = refused(() => checked({ ...one, address: address + 0x1000 }));
    assert.equal(kind, "bad-image");
    assert.deepEqual([data.address, data.expected], [address + 0x1000, address], one.role);
  }
});

Deno.test("an empty image is called empty, and another role has no place", () => {
  for (const role of ["flashloader", "bootloader", "firmware", "romfs0"]) {
    assert.match(refused(() => checked(image(role, new Uint8Array()))).message, /empty/);
  }
  const { kind, data } = refused(() => checked(image("wifi", firmware)));
  assert.deepEqual([kind, data], ["usage", { role: "wifi" }]);
});

Deno.test("an error about vectors names what was read", () => {
  const sp = refused(() => checkFirmware(image("any", patched(firmware, 0x2000, 0x0800_0000))));
  assert.equal(sp.data.initialStackPointer, 0x0800_0000);
  const reset = refused(() => checkFirmware(image("any", patched(firmware, 0x2004, 0x6004_3000))));
  assert.equal(reset.data.resetVector, 0x6004_3000);
});

Deno.test("the blank end of an SBL that was read from a camera is cut, by its boot data", () => {
  const written = (bytes: Uint8Array) =>
    asWritten(boardImages("the test", [image("bootloader", bytes)])).get("bootloader")!.bytes;
  const padded = (bytes: Uint8Array, fill: number, length = 0x3_F000) => {
    const all = new Uint8Array(length).fill(fill);
    all.set(bytes);
    return all;
  };
  assert.equal(sbl.length, 31_320);
  for (const fill of [0xFF, 0]) assert.deepEqual(written(padded(sbl, fill)), sbl);
  const dirty = padded(sbl, 0xFF);
  dirty[0x2_0000] = 1;
  assert.equal(written(dirty).length, 0x3_F000);
  // Boot data that ends before the SBL begins says nothing about its size.
  for (const length of [0, 0x800, 0x1000]) {
    assert.equal(written(padded(patched(sbl, 0x24, length), 0xFF)).length, 0x3_F000);
  }
  const noIvt = padded(patched(sbl, 0, 0), 0xFF);
  assert.equal(written(noIvt).length, 0x3_F000);
});

Deno.test("a plan is refused before any device is accessed", () => {
  const good = [
    image("flashloader", loader),
    image("bootloader", sbl),
    image("firmware", firmware),
  ];
  const plan = (images: readonly Image[], job: "restore" | "flash", options: JobOptions = {}) =>
    openmvRt1062.plan(job, rt1062, boardImages("the test", images), options);
  assert.equal(plan(good, "restore").steps.length, 8);
  const without = (role: string) => good.filter((one) => one.role !== role);
  assert.equal(refused(() => plan(without("flashloader"), "restore")).kind, "not-found");
  assert.equal(refused(() => plan(without("bootloader"), "restore")).kind, "not-found");
  assert.equal(refused(() => plan(without("firmware"), "flash")).kind, "not-found");
  const bad = [...without("firmware"), image("firmware", firmware.subarray(0, 0x3000))];
  assert.equal(refused(() => plan(bad, "restore")).kind, "bad-image");
  const hex = { ...image("bootloader", sbl), address: 0x60000000 };
  assert.equal(refused(() => plan([...without("bootloader"), hex], "restore")).kind, "bad-image");
  assert.equal(
    refused(() => openmvRt1062.plan("read", rt1062, boardImages("", []), { region: "x" })).kind,
    "usage",
  );
});

Deno.test("an irreversible step is marked in the plan, with its consent", () => {
  const images = [image("flashloader", loader), image("bootloader", sbl)];
  const { steps } = openmvRt1062.plan("restore", rt1062, boardImages("the test", images), {});
  const [fuse, ...more] = steps.filter(({ effect }) => effect === "irreversible");
  assert.deepEqual(more, []);
  assert.equal(fuse.consent?.id, "boot-source");
  assert.ok(fuse.consent?.word);
  const last = steps.findLastIndex(({ effect }) => effect === "writes");
  assert.ok(steps.indexOf(fuse) > last, "the fuse comes after everything that is written");
});

Deno.test("an image is split at multiples of 64 KiB, and the vector sector comes last", () => {
  const target = {
    region: "firmware",
    address: regions.firmware.start,
    image: image("firmware", sampleFirmware({ size: 150_001 })),
    lastSector: VECTOR_SECTOR,
  };
  const pieces = piecesOf(target);
  assert.deepEqual(
    pieces.map(({ address, bytes }) => [address - target.address, bytes.length]),
    [[0, 0x2000], [0x3000, 0xd000], [0x10000, 0x10000], [0x20000, 150_001 - 0x20000], [
      0x2000,
      0x1000,
    ]],
  );
});

Deno.test("the sector with the header of a ROMFS comes last", () => {
  const address = regions.romfs0.start;
  const target = {
    region: "ROMFS",
    address,
    image: image("romfs0", new Uint8Array(0x1_1001)),
    lastSector: address,
  };
  assert.deepEqual(
    piecesOf(target).map((piece) => [piece.address - address, piece.bytes.length]),
    [[0x1000, 0xF000], [0x1_0000, 0x1001], [0, 0x1000]],
  );
});

Deno.test("a damaged generated program is recognised as damaged", () => {
  for (const bytes of [loader, sbl, firmware]) {
    assert.ok(isIntact(bytes));
    const damaged = bytes.slice();
    damaged[0x700] ^= 1;
    assert.ok(!isIntact(damaged));
  }
});

Deno.test({
  name: "the real flashloader and SBL pass, each for its own role only",
  ignore: genuine.missing,
  fn: () => {
    const flashloader = genuine.read("sdphost_flash_loader.bin");
    const bootloader = genuine.read("blhost_flash_loader.bin");
    checkFlashloader(image("flashloader", flashloader));
    checkBootloader(image("bootloader", bootloader));
    assert.equal(
      refused(() => checkFlashloader(image("flashloader", bootloader))).data.offset,
      0x14,
    );
    assert.equal(
      refused(() => checkBootloader(image("bootloader", flashloader))).data.offset,
      0x14,
    );
  },
});
