import assert from "node:assert/strict";
import type { ErrorData, ErrorKind } from "../../core/common/errors.ts";
import { u32 } from "../../core/common/struct.ts";
import type { SeenDevice } from "../../core/device/detected_device.ts";
import { boardImages } from "../../core/image/board_images.ts";
import type { Image } from "../../core/image/image.ts";
import { VirtualClock } from "../../core/common/virtual_clock.ts";
import { VirtualPorts } from "../../core/transport/virtual_ports.ts";
import { places, portentaBoards } from "./boards.ts";
import { SimulatedArduino } from "./model.ts";
import { arduino } from "./mod.ts";
import { recognise } from "./recognise.ts";
import { sampleImages } from "./samples.ts";
import { checkImage, consentForUnmarked } from "./validate.ts";

/** Which images a board takes, at the edges of what it takes (openmv-boards.md 3.6). */

const [board] = portentaBoards;
const samples = sampleImages(board, "5.0.0", [0x2210, 0x1100]);
const firmware = samples.get("firmware")!, romfs = samples.get("romfs0")!;
const FIRMWARE = 0x0804_0000;

/** A copy with one 32-bit word changed. */
function patched({ bytes }: Image, at: number, value: number): Uint8Array {
  const copy = bytes.slice();
  u32.write(copy, at, value, "the image");
  return copy;
}

const radio = (role: string, text: string): Image => ({
  ...romfs,
  ...{ role, name: `${role}.bin`, bytes: new TextEncoder().encode(text) },
});
const check = (image: Image) =>
  checkImage(image, places.find(({ role }) => role === image.role)!, board);

const taken: readonly [what: string, image: Image][] = [
  ["a firmware", firmware],
  ["its own address, alternate and id", {
    ...firmware,
    ...{ address: FIRMWARE, alternate: 0, usbIds: { vendorId: 0x2341, productId: 0x035B } },
  }],
  ["only a vendor", { ...firmware, usbIds: { vendorId: 0x2341 } }],
  ["only a product", { ...firmware, usbIds: { productId: 0x035B } }],
  ["a stack at the end of the RAM", { ...firmware, bytes: patched(firmware, 0, 0x2002_0000) }],
  ["a stack in the AXI RAM", { ...firmware, bytes: patched(firmware, 0, 0x2408_0000) }],
  ["a ROMFS", { ...romfs, ...{ address: 0x90B0_0000, alternate: 1 } }],
  ["WiFi firmware", radio("wifi", "  43430a1-roml")],
  ["Bluetooth firmware", radio("bluetooth", "BRCMcfgS")],
];

for (const [what, image] of taken) {
  Deno.test(`taken: ${what}`, () => check(image));
}

const refused: readonly [what: string, image: Image, kind: ErrorKind, data: ErrorData][] = [
  ["empty", { ...firmware, bytes: new Uint8Array() }, "bad-image", {}],
  ["511 bytes", { ...firmware, bytes: firmware.bytes.slice(0, 511) }, "bad-image", {}],
  ["another address", { ...firmware, address: 0x0800_0000 }, "bad-image", {}],
  ["the alternate of the other flash", { ...firmware, alternate: 1 }, "bad-image", {}],
  ["a ROMFS for the chip", { ...romfs, alternate: 0 }, "bad-image", {}],
  ["another vendor", { ...firmware, usbIds: { vendorId: 0x0483 } }, "wrong-board", {
    ...{ vendorId: 0x0483, productId: 0x035B, board: board.id },
  }],
  ["another board's bootloader", { ...firmware, usbIds: { productId: 0x0366 } }, "wrong-board", {
    ...{ vendorId: 0x2341, productId: 0x0366, board: board.id },
  }],
  ["a stack elsewhere", { ...firmware, bytes: patched(firmware, 0, 0x0800_0000) }, "bad-image", {
    offset: 0,
  }],
  ["a stack at its start", { ...firmware, bytes: patched(firmware, 0, 0x2000_0000) }, "bad-image", {
    offset: 0,
  }],
  ["an even vector", { ...firmware, bytes: patched(firmware, 4, FIRMWARE) }, "bad-image", {
    offset: 4,
  }],
  ["a vector before it", { ...firmware, bytes: patched(firmware, 4, FIRMWARE - 1) }, "bad-image", {
    offset: 4,
  }],
  ["no WiFi firmware", radio("wifi", "BRCMcfgS"), "bad-image", { offset: 0 }],
  ["no Bluetooth firmware", radio("bluetooth", "43430a1-"), "bad-image", { offset: 0 }],
  ["no ROMFS", { ...romfs, bytes: new Uint8Array(0x1000) }, "bad-image", {}],
];

for (const [what, image, kind, data] of refused) {
  Deno.test(`refused: ${what}`, () => {
    assert.throws(() => check(image), (error: { kind: ErrorKind; data: ErrorData }) => {
      assert.equal(error.kind, kind);
      for (const [name, value] of Object.entries(data)) assert.equal(error.data[name], value, name);
      assert.equal(error.data.file, image.name);
      return true;
    });
    // Each job that uses images refuses it, too.
    const images = boardImages(
      "the test",
      [firmware, image].filter((one, at) => at === 1 || one.role !== image.role),
    );
    for (const job of ["flash", "verify"] as const) {
      assert.throws(() => arduino.plan(job, board, images, {}), { kind });
    }
  });
}

Deno.test("what is too short says so", () => {
  const short = (length: number) => () =>
    check({ ...firmware, bytes: firmware.bytes.slice(0, length) });
  assert.throws(short(0), /empty/);
  assert.throws(short(511), /a firmware .*at least|at least .*firmware/);
});

Deno.test("a firmware that names no board needs a consent, one that names this board does not", () => {
  const at = new TextDecoder("latin1").decode(firmware.bytes).indexOf(board.architecture);
  const nameless = firmware.bytes.slice();
  nameless.fill(0x2D, at, at + board.architecture.length);
  const unmarked = { ...firmware, bytes: nameless };
  assert.equal(consentForUnmarked(firmware, board), undefined);
  assert.equal(consentForUnmarked(unmarked, board)?.id, "unmarked-image");
  const images = boardImages("the test", [unmarked]);
  const { steps } = arduino.plan("flash", board, images, {});
  assert.deepEqual(steps.flatMap(({ consent }) => consent?.id ?? []), ["unmarked-image"]);
  const needs = arduino.checkImages!(board, images).needs.map(({ id }) => id);
  assert.deepEqual(needs, ["unmarked-image"]);
  assert.deepEqual(arduino.checkImages!(board, samples).needs, []);
});

Deno.test("only both parts of an id show the RP2040's ROM", () => {
  const mode = (idVendor: number, idProduct: number) =>
    recognise({
      usb: { portPath: "1-1", descriptor: { idVendor, idProduct } } as SeenDevice["usb"],
      interfaceNames: new Map(),
    })?.mode;
  assert.equal(mode(0x2E8A, 0x0003), "rom");
  assert.equal(mode(0x2E8A, 0x0005), undefined);
  assert.equal(mode(0x1234, 0x0003), undefined);
});

/** Returns what a board shows after it was plugged in, or after its reset was pressed twice. */
async function shown(program: Uint8Array, ...ids: readonly string[]): Promise<string | undefined> {
  const clock = new VirtualClock(), ports = new VirtualPorts(clock);
  const camera = new SimulatedArduino(board, { ...ports.at("1-1"), condition: "blank" });
  camera.internal.load(FIRMWARE, program);
  const bus = ports.openBus();
  return await clock.run(async () => {
    for (const id of ids) await camera.perform({ id: id as "plug", text: "" });
    await clock.sleep(400);
    const [info] = await bus.list();
    return info?.descriptor.idProduct.toString(16);
  });
}

Deno.test("the simulated board starts what could run, and nothing else", async () => {
  assert.equal(await shown(firmware.bytes, "plug"), "45b");
  assert.equal(await shown(new Uint8Array(8), "plug"), undefined);
  assert.equal(await shown(patched(firmware, 0, 0x0800_0000), "plug"), undefined, "stack");
  assert.equal(await shown(patched(firmware, 4, FIRMWARE), "plug"), undefined, "even vector");
  const [, giga] = portentaBoards;
  const other = sampleImages(giga, "5.0.0", [0x2210, 0x1100]).get("firmware")!;
  assert.equal(await shown(other.bytes, "plug"), undefined, "another board's");
  assert.equal(await shown(firmware.bytes, "plug", "press-reset-twice"), "35b");
  await assert.rejects(shown(firmware.bytes, "plug", "fit-jumper"), { kind: "usage" });
});
