import { openUsbBus } from "@deno/usb";
import assert from "node:assert/strict";
import { systemClock } from "../../../core/common/clock.ts";
import type { UsbBus, UsbDeviceInfo } from "../../../core/transport/usb/device.ts";
import { readString } from "../../../core/transport/usb/strings.ts";
import { CONTENTS, ID, REQUEST } from "./trial.ts";
import { errorOf } from "../../support/expected_error.ts";

/**
 * Tests the binding on a real Linux: this program runs in the guest, compiled like unbrick, with
 * the trial device on port 1-1. `full` (the default) tries everything, `quick` opens, transfers and
 * closes, `denied` expects to be refused. Prints its measurements.
 */

const never = new AbortController().signal;
const options = { timeoutMs: 5000, signal: never };
const setup = (bRequest: number, wValue = 0) => ({
  bmRequestType: 0x40,
  bRequest,
  wValue,
  wIndex: 0,
});
const driver = "/sys/bus/usb/devices/1-1:1.1/driver";

async function findTrial(bus: UsbBus): Promise<UsbDeviceInfo> {
  const isTrial = ({ descriptor }: UsbDeviceInfo) =>
    descriptor.idVendor === ID.idVendor && descriptor.idProduct === ID.idProduct;
  const info = (await bus.list()).find(isTrial);
  assert.ok(info, "the trial device is not on the bus");
  return info;
}

/** Returns how long some work took, in ms. */
async function timed(name: string, work: () => Promise<unknown>): Promise<number> {
  const start = systemClock.now();
  await work();
  const ms = systemClock.now() - start;
  console.log(`${name}: ${ms.toFixed(1)} ms`);
  return ms;
}

async function full(bus: UsbBus): Promise<void> {
  const info = await findTrial(bus);
  assert.equal(info.portPath, "1-1");
  assert.equal(info.speed, "full");
  const { interfaces } = info.configurations[0];
  assert.deepEqual(
    interfaces.map((one) => [one.bInterfaceNumber, one.bAlternateSetting, one.iInterface]),
    [[0, 0, 4], [0, 1, 5], [0, 2, 6], [1, 0, 0]],
  );
  assert.deepEqual([...interfaces[2].extra.subarray(0, 3)], [9, 0x21, 0x0b]);
  assert.deepEqual(interfaces[3].endpoints.map((one) => one.bEndpointAddress), [0x81, 0x01]);

  const device = await bus.open(info);
  await device.claim(0);
  assert.equal(await readString(device, 6, options), CONTENTS.longString);
  await device.setAlternate(0, 2);
  await errorOf(device.setAlternate(0, 9), "protocol");
  await errorOf(device.claim(5), "protocol");

  const data = Uint8Array.from({ length: 4096 }, (_, index) => index * 7 & 0xff);
  await timed("20 × 4096 bytes out and in", async () => {
    for (let round = 0; round < 20; round++) {
      data[0] = round;
      await device.controlOut(setup(REQUEST.STORE), data, options);
      assert.deepEqual(await device.controlIn(setup(REQUEST.LOAD), 4096, options), data);
    }
  });
  await device.controlOut(setup(REQUEST.STORE), data.subarray(0, 10), options);
  assert.equal((await device.controlIn(setup(REQUEST.LOAD), 64, options)).length, 10);
  await timed("200 × 6 bytes in", async () => {
    for (let round = 0; round < 200; round++) {
      await device.controlIn(setup(REQUEST.LOAD), 6, options);
    }
  });
  await errorOf(device.controlIn(setup(REQUEST.REFUSE), 6, options), "stalled");

  const held = await timed(
    "a held transfer with a timeout of 200 ms",
    () =>
      errorOf(
        device.controlIn(setup(REQUEST.HOLD), 6, { timeoutMs: 200, signal: never }),
        "timeout",
      ),
  );
  assert.ok(held >= 195 && held < 2000);
  await aborted(
    "controlIn",
    (signal) => device.controlIn(setup(REQUEST.HOLD), 6, { timeoutMs: 60_000, signal }),
  );
  const givenUp = async () => (await device.controlIn(setup(REQUEST.GIVEN_UP), 1, options))[0];
  assert.equal(await givenUp(), 2, "the device must see that the host gave up");

  await hid(bus, info, device);
  await timed("reset", () => device.reset());
  assert.equal(await readString(device, 6, options), CONTENTS.longString);

  await leaving(bus, device);
  await device.close();
  await device.close();
}

async function aborted(
  name: string,
  work: (signal: AbortSignal) => Promise<unknown>,
): Promise<void> {
  const stop = new AbortController();
  const working = errorOf(work(stop.signal), "cancelled");
  await systemClock.sleep(100);
  const ms = await timed(`abort of ${name}`, async () => {
    stop.abort();
    await working;
  });
  assert.ok(ms < 900, "given up by the kernel, not by us");
}

async function hid(
  bus: UsbBus,
  info: UsbDeviceInfo,
  device: Awaited<ReturnType<UsbBus["open"]>>,
): Promise<void> {
  assert.equal(Deno.readLinkSync(driver).split("/").at(-1), "usbhid");
  await device.claim(1);
  assert.equal(Deno.readLinkSync(driver).split("/").at(-1), "usbfs");
  const report = Uint8Array.from({ length: 64 }, (_, index) => index);
  await timed("20 reports out and in", async () => {
    for (let round = 0; round < 20; round++) {
      await device.interruptOut(0x01, report, options);
      assert.deepEqual(await device.interruptIn(0x81, 64, options), report.toReversed());
    }
  });
  await errorOf(device.interruptIn(0x81, 64, { timeoutMs: 100, signal: never }), "timeout");
  await aborted(
    "interruptIn",
    (signal) => device.interruptIn(0x81, 64, { timeoutMs: 60_000, signal }),
  );
  const second = await bus.open(info);
  await errorOf(second.claim(1), "busy");
  await second.close();
  await device.release(1);
  assert.equal(Deno.readLinkSync(driver).split("/").at(-1), "usbhid");
}

async function leaving(
  bus: UsbBus,
  device: Awaited<ReturnType<UsbBus["open"]>>,
): Promise<void> {
  await bus.list();
  const stop = new AbortController();
  const gone = seen("1-1 to leave", () => !exists("/sys/bus/usb/devices/1-1"));
  const changed = bus.changed({ timeoutMs: 10_000, signal: stop.signal });
  await device.controlOut(setup(REQUEST.LEAVE, 800), new Uint8Array(), options);
  const held = device.controlIn(setup(REQUEST.HOLD), 6, { timeoutMs: 60_000, signal: never });
  await errorOf(held, "disconnected");
  await errorOf(device.controlIn(setup(REQUEST.LOAD), 6, options), "disconnected");
  assert.equal(await changed, true);
  noticed("departure", await gone);

  assert.ok(!(await bus.list()).some(({ portPath }) => portPath === "1-1"));
  const back = seen("1-1 to come back", () => exists("/sys/bus/usb/devices/1-1"));
  assert.equal(await bus.changed({ timeoutMs: 10_000, signal: stop.signal }), true);
  noticed("arrival", await back);
  await (await bus.open(await findTrial(bus))).close();
}

function noticed(what: string, since: number): void {
  const ms = systemClock.now() - since;
  console.log(`${what} noticed after ${ms.toFixed(0)} ms`);
  assert.ok(ms < 250);
}

/** Returns the time when something became true; it looks every 5 ms. */
async function seen(what: string, condition: () => boolean): Promise<number> {
  const end = systemClock.now() + 10_000;
  while (!condition()) {
    assert.ok(systemClock.now() < end, what);
    await systemClock.sleep(5);
  }
  return systemClock.now();
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path) !== undefined;
  } catch {
    return false;
  }
}

const bus = await openUsbBus();
try {
  const mode = Deno.args[0] ?? "full";
  if (mode === "full") await full(bus);
  else if (mode === "denied") await errorOf(bus.open(await findTrial(bus)), "permission");
  else {
    const device = await bus.open(await findTrial(bus));
    await device.claim(0);
    await device.controlIn(setup(REQUEST.GIVEN_UP), 1, options);
    if (mode === "exit") Deno.exit(0);
    await device.close();
  }
} finally {
  await bus.close();
}
console.log("done");
