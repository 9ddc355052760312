import assert from "node:assert/strict";
import type { SeenDevice } from "../../core/device/detected_device.ts";
import type { SimulationOptions } from "../../core/family/family.ts";
import { boardImages, withImages } from "../../core/image/board_images.ts";
import { loadImage } from "../../core/image/load.ts";
import { Trial } from "../../tests/support/plan/plan_rig.ts";
import { type Fault, FaultInjector } from "../../tests/support/transport/usb_fault_injector.ts";
import { boards, places, portentaBoards, type PortentaClass } from "./boards.ts";
import { arduino } from "./mod.ts";
import { SimulatedArduino } from "./model.ts";
import { sampleImages } from "./samples.ts";

const [portenta, giga, nicla] = portentaBoards;

function setUp(board: PortentaClass, options: Partial<SimulationOptions> = {}) {
  const trial = new Trial([arduino]);
  const { clock, bus } = trial;
  const socket = bus.socket("1-1");
  const condition = "healthy";
  const camera = new SimulatedArduino(board, { clock, socket, condition, ...options });
  const run = (job: "flash" | "read" | "verify", images = sampleImages(board), more = {}) =>
    clock.run(() => trial.run(arduino.plan(job, board, images, more), camera));
  const holds = (role: string, bytes: Uint8Array) => {
    const { address } = places.find((place) => place.role === role)!;
    const at = address & 0x00FF_FFFF;
    const memory = camera.memory(address < 0x9000_0000 ? "flash" : "external");
    return memory.subarray(at, at + bytes.length).every((byte, i) => byte === bytes[i]);
  };
  return { trial, camera, run, holds };
}

function seen(vendorId: number, productId: number): SeenDevice {
  const descriptor = { idVendor: vendorId, idProduct: productId };
  return {
    usb: { portPath: "1-1", descriptor } as SeenDevice["usb"],
    interfaceNames: new Map(),
  };
}

Deno.test("every id of the fact sheet is recognised, with the correct mode", () => {
  const table: readonly [string, string, readonly number[]][] = [
    ["arduino-portenta-h7", "firmware", [0x005B, 0x045B, 0x025B, 0x805B]],
    ["arduino-portenta-h7", "bootloader", [0x035B]],
    ["arduino-giga", "firmware", [0x0066, 0x0466, 0x0266, 0x8066]],
    ["arduino-giga", "bootloader", [0x0366]],
    ["arduino-nicla-vision", "firmware", [0x005F, 0x045F, 0x055F, 0x025F, 0x805F]],
    ["arduino-nicla-vision", "bootloader", [0x035F]],
    ["arduino-nano-33-ble", "firmware", [0x015A, 0x805A]],
    ["arduino-nano-33-ble", "bootloader", [0x005A]],
    ["arduino-nano-rp2040", "firmware", [0x015E, 0x005E, 0x805E]],
  ];
  for (const [id, mode, productIds] of table) {
    for (const productId of productIds) {
      const detected = arduino.recognise(seen(0x2341, productId));
      assert.deepEqual([detected?.boardIds, detected?.mode], [[id], mode], productId.toString(16));
      assert.ok(arduino.usbIds.some((one) => one.productId === productId));
    }
  }
  assert.equal(arduino.recognise(seen(0x2E8A, 0x0003))?.mode, "rom");
  assert.match(String(arduino.recognise(seen(0x2341, 0x8066))?.title ?? ""), /Arduino sketch/);
  for (const stranger of [0x0043, 0x705B, 0x035A]) {
    assert.equal(arduino.recognise(seen(0x2341, stranger)), undefined);
  }
  assert.equal(arduino.recognise(seen(0x37C5, 0x035B)), undefined);
});

Deno.test("no board's bootloader can be restored, and the Nanos support no job", () => {
  for (const board of boards) {
    const plan = () => arduino.plan("restore", board, boardImages("nothing", []), {});
    assert.throws(plan, { kind: "wrong-board", message: /Arduino|RP2040|picotool/ });
  }
  for (const board of boards.filter(({ id }) => id.includes("nano"))) {
    for (const job of ["restore", "flash", "read", "verify"] as const) {
      assert.notEqual(board.jobs[job], true);
    }
  }
});

for (const board of portentaBoards) {
  Deno.test(`the ${board.name} is flashed over DfuSe and seen running`, async () => {
    const { trial, run, holds } = setUp(board);
    const result = await run("flash");
    assert.equal(result.error, undefined);
    assert.equal(result.outcome, "proven");
    assert.deepEqual(trial.changed, ["firmware", "romfs0"]);
    for (const { role, bytes } of sampleImages(board).all) assert.ok(holds(role, bytes), role);
    assert.ok(result.proofs.some(({ evidence }) => evidence === "alive"));
    const again = await run("flash");
    assert.equal(again.error, undefined);
    assert.deepEqual(trial.changed, [], "nothing to do the second time");
  });
}

Deno.test("a running board needs no steps by hand, even if its firmware hangs", async () => {
  for (const wedged of [false, true]) {
    const { trial, camera, run } = setUp(portenta, { traps: { wedged } });
    await trial.clock.run(async () => {
      await camera.perform({ id: "plug", text: "" });
      await trial.clock.sleep(1_000);
    });
    assert.equal((await run("flash")).error, undefined);
    assert.ok(!trial.events.some(({ type }) => type === "hardware"));
  }
});

Deno.test("a board with empty flash, and alternates without a layout in their names", async () => {
  const traps = { namelessAlternates: true };
  const { run } = setUp(giga, { condition: "blank", traps });
  assert.equal((await run("flash")).error, undefined);
});

Deno.test("radio firmware from the release is written first, the file systems before it", async () => {
  const radio = (role: string) =>
    loadImage(new TextEncoder().encode(`${role} firmware of the radio`), {
      role,
      name: `${role}.bin`,
      source: "here",
    });
  const images = withImages(sampleImages(portenta), [radio("wifi"), radio("bluetooth")]);
  const { trial, run, holds, camera } = setUp(portenta);
  const result = await run("flash", images, { eraseFilesystem: true });
  assert.equal(result.error, undefined);
  assert.deepEqual(trial.changed, [
    "erase-internal-filesystem",
    "erase-filesystem",
    "wifi",
    "bluetooth",
    "firmware",
    "romfs0",
  ]);
  for (const { role, bytes } of images.all) assert.ok(holds(role, bytes), role);
  assert.ok(camera.memory("flash").subarray(0x20000, 0x21000).every((byte) => byte === 0));
  assert.ok(camera.memory("external").subarray(0, 0x1000).every((byte) => byte === 0));
  const { steps } = arduino.plan("flash", nicla, sampleImages(nicla), { eraseFilesystem: true });
  assert.equal(steps.filter(({ effect }) => effect === "erases").length, 1);
});

Deno.test("a write that is silently ignored is detected by reading back", async () => {
  const { run } = setUp(nicla, { traps: { writeProtected: true } });
  const result = await run("flash");
  assert.equal(result.error?.kind, "verify-failed");
});

Deno.test("whichever transfer fails, no run succeeds falsely, and the next one repairs the board", async () => {
  const faults: readonly Fault[] = [
    { kind: "unplug" },
    { kind: "unplug", after: true },
    { kind: "stall" },
    { kind: "timeout", after: true },
    { kind: "flip", bit: 12_345 },
    { kind: "lost" },
  ];
  const golden = setUp(portenta);
  const count = new FaultInjector(golden.trial.bus.socket("1-1"));
  golden.trial.bus.interpose(count);
  await golden.run("flash");
  for (let at = 1; at <= count.transfers; at += 29) {
    const { trial, run, holds } = setUp(portenta);
    const planned = [{ at, fault: faults[at % faults.length] }];
    const injector = new FaultInjector(trial.bus.socket("1-1"), planned);
    const isDone = () => sampleImages(portenta).all.every(({ role, bytes }) => holds(role, bytes));
    const remove = trial.bus.interpose(injector);
    const first = await run("flash");
    remove();
    assert.ok(first.error || isDone(), `transfer ${at}: success was claimed falsely`);
    assert.equal((await run("flash")).error?.message, undefined, `transfer ${at}`);
    assert.ok(isDone(), `transfer ${at}`);
  }
});

Deno.test("verify and read change nothing", async () => {
  const { run, camera } = setUp(giga, { images: sampleImages(giga) });
  assert.equal((await run("verify")).proofs.length, 2);
  const { bytes } = sampleImages(giga).get("firmware")!;
  const read = await run("read", sampleImages(giga), { region: "firmware" });
  assert.deepEqual(read.outputs.get("firmware")?.subarray(0, bytes.length), bytes);
  assert.equal(camera.busyMs, 0);
});

Deno.test("images of other boards and damaged ones are refused", () => {
  const plan = (board: PortentaClass, of: PortentaClass, change = {}) => () => {
    const firmware = { ...sampleImages(of).get("firmware")!, ...change };
    arduino.plan("flash", board, withImages(sampleImages(board), [firmware]), {});
  };
  assert.throws(plan(portenta, giga), { kind: "wrong-board", message: /Arduino Giga/ });
  const { bytes } = sampleImages(portenta).get("firmware")!;
  const bad = [
    { bytes: new Uint8Array() },
    { bytes: bytes.slice(0, 300) },
    { bytes: new Uint8Array(1_835_009) },
    { address: 0x0800_0000 },
    { bytes: bytes.map((byte, at) => at === 4 ? byte & 0xFE : byte) },
  ];
  for (const change of bad) assert.throws(plan(portenta, portenta, change), { kind: "bad-image" });
  const usbIds = { vendorId: 0x2341, productId: 0x0366 };
  assert.throws(plan(portenta, portenta, { usbIds }), { kind: "wrong-board" });
});
