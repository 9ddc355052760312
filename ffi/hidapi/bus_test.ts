import assert from "node:assert/strict";
import { systemClock } from "../../core/common/clock.ts";
import { isKind, UnbrickError } from "../../core/common/errors.ts";
import type { UsbBus, UsbDevice } from "../../core/transport/usb/device.ts";
import { readString } from "../../core/transport/usb/strings.ts";
import { HidAwareBus } from "./bus.ts";
import { type FakeHid, openFakeHid } from "../../tests/support/ffi/fake_hidapi.ts";
import { hidCamera, PRODUCT, VENDOR } from "../../tests/support/ffi/hid_camera.ts";

const fake = await openFakeHid();
const forever = new AbortController().signal;
const options = { timeoutMs: 2000, signal: forever };
const failure = (work: Promise<unknown>) => work.then(() => undefined, (error) => error);
const setReport = (id: number) => ({
  bmRequestType: 0x21,
  bRequest: 9,
  wValue: 0x0200 | id,
  wIndex: 0,
});

/** libusb's part of the bus, which opens devices that are not HIDs. */
const other = { portPath: "the device of libusb" } as unknown as UsbDevice;
const libusb: UsbBus = {
  list: async () => [],
  changed: async () => false,
  open: async () => other,
  close: async () => {},
};

function test(name: string, fn: (bus: HidAwareBus, fake: FakeHid) => Promise<void>) {
  Deno.test({
    name,
    ignore: fake === undefined,
    fn: async () => {
      fake!.fake_refuse_open(0);
      fake!.fake_plug(0, VENDOR, PRODUCT, 0x14100000);
      fake!.fake_plug(1, VENDOR, PRODUCT, 0x14130000);
      const bus = new HidAwareBus(libusb, () => fake!.file);
      try {
        await fn(bus, fake!);
      } finally {
        await bus.close();
      }
      assert.equal(fake!.fake_open_devices(), 0);
      assert.equal(fake!.fake_sessions(), 0);
    },
  });
}

test("of two cameras with the same ids the one on the port is opened", async (bus, fake) => {
  const device = await bus.open(hidCamera("20-1.3"));
  fake.fake_unplug(0);
  await device.controlOut(setReport(1), Uint8Array.of(1, 2, 3), options);
  assert.deepEqual([...await device.interruptIn(0x81, 64, options)], [1, 2, 3]);
  assert.ok(isKind(await failure(bus.open(hidCamera("20-1"))), "disconnected"));
  assert.ok(isKind(await failure(bus.open(hidCamera("20-2"))), "disconnected"));
});

test("what is no HID device goes to libusb", async (bus) => {
  assert.equal(await bus.open(hidCamera("20-1", 0xfe)), other);
});

test("reports keep their order, and none is lost while nobody waits", async (bus) => {
  const device = await bus.open(hidCamera("20-1"));
  await device.claim(0);
  await device.interruptOut(0x01, Uint8Array.of(0xbb), options);
  await systemClock.sleep(100);
  const numbers: number[] = [];
  for (let at = 0; at < 40; at++) numbers.push((await device.interruptIn(0x81, 64, options))[1]);
  assert.deepEqual(numbers, Array.from({ length: 40 }, (_, at) => at));
});

test("several reads that wait get the reports in the order of asking", async (bus) => {
  const device = await bus.open(hidCamera("20-1"));
  const reads = [1, 2, 3].map(() => device.interruptIn(0x81, 64, options));
  for (const number of [1, 2, 3]) {
    await device.interruptOut(0x01, Uint8Array.of(9, number), options);
  }
  assert.deepEqual((await Promise.all(reads)).map(([, number]) => number), [1, 2, 3]);
});

test("a read ends at its deadline and at an abort, and takes no report with it", async (bus) => {
  const device = await bus.open(hidCamera("20-1"));
  const late = await failure(device.interruptIn(0x81, 64, { ...options, timeoutMs: 30 }));
  assert.ok(isKind(late, "timeout"), String(late));
  const stop = new AbortController();
  const read = failure(device.interruptIn(0x81, 64, { ...options, signal: stop.signal }));
  stop.abort();
  assert.ok(isKind(await read, "cancelled"));
  await device.interruptOut(0x01, Uint8Array.of(5), options);
  assert.deepEqual([...await device.interruptIn(0x81, 64, options)], [5]);
});

test("a refused report is a stall, a slow one a timeout, and the next one goes after it", async (bus) => {
  const device = await bus.open(hidCamera("20-1"));
  const refused = await failure(device.interruptOut(0x01, Uint8Array.of(0xee), options));
  assert.ok(isKind(refused, "stalled"), String(refused));
  const slow = device.interruptOut(0x01, Uint8Array.of(0xdd), { ...options, timeoutMs: 20 });
  assert.ok(isKind(await failure(slow), "timeout"));
  await device.interruptOut(0x01, Uint8Array.of(7), options);
  assert.deepEqual([...await device.interruptIn(0x81, 64, options)], [0xdd]);
  assert.deepEqual([...await device.interruptIn(0x81, 64, options)], [7]);
});

test("a camera that is pulled ends reads and writes", async (bus, fake) => {
  const device = await bus.open(hidCamera("20-1"));
  const read = failure(device.interruptIn(0x81, 64, options));
  fake.fake_unplug(0);
  assert.ok(isKind(await read, "disconnected"));
  const write = await failure(device.interruptOut(0x01, Uint8Array.of(1), options));
  assert.ok(isKind(write, "disconnected"));
});

test("another program that holds the camera is named as the cause", async (bus, fake) => {
  fake.fake_refuse_open(1);
  const error = await failure(bus.open(hidCamera("20-1")));
  assert.ok(isKind(error, "busy"), String(error));
  assert.match(error.message, /1fc9:0135 on port 20-1/);
});

test("texts are read as from libusb; a missing one is a stall", async (bus) => {
  const device = await bus.open(hidCamera("20-1"));
  assert.equal(await readString(device, 1, options), "Freescale");
  assert.equal(await readString(device, 2, options), "SE Blank 📷");
  assert.equal(await readString(device, 3, options), undefined);
});

test("what macOS does not pass on is refused, not left out silently", async (bus) => {
  const device = await bus.open(hidCamera("20-1"));
  const attempts = [
    device.reset(),
    device.setAlternate(0, 1),
    device.controlOut({ ...setReport(1), bRequest: 0x0a }, Uint8Array.of(1), options),
    device.controlOut(setReport(2), Uint8Array.of(1), options),
    device.controlIn({ bmRequestType: 0xa1, bRequest: 1, wValue: 0x100, wIndex: 0 }, 8, options),
  ];
  for (const attempt of attempts) assert.ok(isKind(await failure(attempt), "driver"));
  assert.ok(isKind(await failure(device.claim(1)), "protocol"));
});

test("closing ends what waits; nothing is used afterwards", async (bus) => {
  const device = await bus.open(hidCamera("20-1"));
  const read = failure(device.interruptIn(0x81, 64, options));
  await Promise.all([device.close(), device.close()]);
  assert.ok(isKind(await read, "cancelled"));
  assert.ok(isKind(await failure(device.interruptOut(1, Uint8Array.of(1), options)), "bug"));
});

Deno.test("a file that is not a hidapi library is refused", async () => {
  const file = await Deno.makeTempFile();
  await Deno.writeTextFile(file, "not a library");
  for (const [name, kind] of [["no-such-file.dylib", "not-found"], [file, "driver"]] as const) {
    const bus = new HidAwareBus(libusb, () => name);
    const error = await failure(bus.open(hidCamera("20-1")));
    assert.ok(error instanceof UnbrickError && error.kind === kind, String(error));
    await bus.close();
  }
  await Deno.remove(file);
});
