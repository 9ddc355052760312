import assert from "node:assert/strict";
import { VirtualClock } from "../common/virtual_clock.ts";
import type { SeenDevice } from "../device/detected_device.ts";
import type { FieldFact } from "../family/field_fact.ts";
import { bootloaderFacts, partitionFacts } from "./field_facts.ts";
import { refuseOpenMv } from "./unknown_camera.ts";
import { Window } from "./window.ts";

const OLD = 0x0101, NEW = 0x0102;

/** Returns the milliseconds after which the bootloader leaves; undefined: it stays. */
async function leavesAfter(
  script: (window: Window, clock: VirtualClock) => Promise<void>,
  { bcdDevice = NEW, forced = false } = {},
): Promise<number[]> {
  const clock = new VirtualClock();
  const left: number[] = [];
  const window = new Window({ clock, bcdDevice, forced, leave: () => left.push(clock.elapsed) });
  await clock.run(async () => {
    window.start();
    await script(window, clock);
    await clock.sleep(10_000);
  });
  return left;
}

Deno.test("without a host it leaves after 1 s, with an idle one 1.5 s after it was configured", async () => {
  assert.deepEqual(await leavesAfter(async () => {}), [1_000]);
  assert.deepEqual(
    await leavesAfter(async (window, clock) => {
      await clock.sleep(500);
      window.mounted();
      await clock.sleep(500);
      window.mounted();
    }),
    [2_000],
  );
});

Deno.test("an attached host or the forced mode keeps it; a bus reset ends it", async () => {
  const attach = async (window: Window) => {
    window.mounted();
    window.attached();
  };
  assert.deepEqual(await leavesAfter(attach), []);
  assert.deepEqual(await leavesAfter(async (window) => window.mounted(), { forced: true }), []);
  const reset = async (window: Window, clock: VirtualClock) => {
    await attach(window);
    await clock.sleep(100);
    window.unmounted();
    window.unmounted();
  };
  assert.deepEqual(await leavesAfter(reset), [100]);
  assert.deepEqual(await leavesAfter(async (window) => window.unmounted()), [1_000]);
});

Deno.test("DETACH: a new bootloader leaves, an old one only when its time is over", async () => {
  const detachAfter = (ms: number) => async (window: Window, clock: VirtualClock) => {
    window.mounted();
    window.attached();
    await clock.sleep(ms);
    window.detachRequested();
  };
  assert.deepEqual(await leavesAfter(detachAfter(100)), [101]);
  assert.deepEqual(await leavesAfter(detachAfter(100), { bcdDevice: OLD }), [1_500]);
  assert.deepEqual(await leavesAfter(detachAfter(2_000), { bcdDevice: OLD }), [2_001]);
  assert.deepEqual(await leavesAfter(detachAfter(2_000), { bcdDevice: OLD, forced: true }), []);
});

Deno.test("without power nothing happens any more", async () => {
  assert.deepEqual(await leavesAfter(async (window) => window.stop()), []);
  const later = async (window: Window) => {
    window.stop();
    window.mounted();
    window.detachRequested();
  };
  assert.deepEqual(await leavesAfter(later), []);
});

const seen = (idVendor: number, idProduct: number) =>
  ({ usb: { portPath: "1-1", descriptor: { idVendor, idProduct } } }) as SeenDevice;

Deno.test("a device of OpenMV that no family knows is named, and nobody else's", () => {
  assert.equal(refuseOpenMv(seen(0x0483, 0x1208)), undefined);
  const known = [[0x1208, "OpenMV N6 Classic, running"], [0x9208, "OpenMV N6 Classic, bootloader"]];
  for (const [id, title] of known as [number, string][]) {
    const refused = refuseOpenMv(seen(0x37C5, id))!;
    assert.equal(String(refused.title), title);
    assert.match(refused.reason.message, /memory layout of the OpenMV N6 Classic/);
  }
  const { title, reason } = refuseOpenMv(seen(0x37C5, 0x1234))!;
  assert.equal(String(title), "Unknown OpenMV device");
  assert.match(reason.message, /does not know the OpenMV device 37c5:1234/);
  assert.equal(reason.kind, "wrong-board");
  assert.deepEqual(reason.data, { port: "1-1", usbId: "37c5:1234", isStranger: true });
});

const timesOf = (fact: FieldFact) => [fact.id, fact.watch, "modelMs" in fact && fact.modelMs];

Deno.test("a field test watches the bootloader's time and each kind of block", () => {
  const bootloader = { vendorId: 0x37C5, productId: 2 },
    firmware = { vendorId: 0x37C5, productId: 1 };
  const stay = bootloaderFacts({ bootloaderProductId: 2, firmwareProductId: 1, startMs: 700 });
  assert.deepEqual(stay.map(timesOf), [
    ["window", { of: "stay", device: bootloader }, 1500],
    ["firmware-start", { of: "change", from: bootloader, to: firmware }, 700],
  ]);
  const common = {
    id: "qspi",
    memory: "QSPI flash",
    source: "the test",
    bootloaderProductId: 2,
    partition: "ROMFS0",
    blockMs: 30,
  };
  const watch = { of: "dfu-block", device: bootloader, partition: "ROMFS0", from: 0 };
  const facts = (more: object) => partitionFacts({ ...common, ...more }).map(timesOf);
  assert.deepEqual(facts({ sector: 8192, eraseMs: 200, from: 64 }), [
    ["qspi-erase", { ...watch, from: 64, sector: 8192, erases: true }, 230],
    ["qspi-block", { ...watch, from: 64, sector: 8192, erases: false }, 30],
  ]);
  assert.deepEqual(facts({ sector: 4096, eraseMs: 200 }).map(([id]) => id), ["qspi-erase"]);
  assert.deepEqual(facts({}), [
    ["qspi-block", { ...watch, sector: Infinity, erases: false }, 30],
  ]);
  const [{ title }] = partitionFacts({ ...common, sector: 8192, eraseMs: 1 });
  assert.equal(String(title), "QSPI flash: erase of 8 KiB, and a block of 4 KiB");
});
