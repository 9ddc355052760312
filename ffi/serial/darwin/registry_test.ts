import assert from "node:assert/strict";
import { FakeLibc } from "../../../tests/support/ffi/fake_libc.ts";
import { fakeRegistry, type FakeService } from "../../../tests/support/ffi/fake_io_kit.ts";
import { withLibraries } from "../../../tests/support/ffi/fake_library.ts";
import { openRegistry } from "./core_foundation.ts";
import { darwinSerial } from "./mod.ts";

const className = "IOSerialBSDClient";
const device: FakeService = {
  className: "IOUSBHostDevice",
  properties: {
    idVendor: 0x37C5,
    idProduct: 0x1204,
    "kUSBSerialNumberString": "2D003A000B51333835333231",
    "kUSBProductString": "OpenMV Virtual Comm Port in FS Mode",
    locationID: 0x14130000,
  },
};
const adapter: FakeService = {
  className: "IOUSBHostDevice",
  properties: {
    idVendor: 0x0403,
    idProduct: 0x6015,
    "USB Serial Number": "DK0A1B2C",
    "kUSBSerialNumberString": "not this one",
    "USB Product Name": "C232HM",
    "kUSBProductString": "not this one",
  },
};
const services: readonly FakeService[] = [
  { className, properties: { IOCalloutDevice: "/dev/cu.usbserial-1" }, above: adapter },
  { className, properties: { IOCalloutDevice: "/dev/cu.usbmodem1101" }, above: device },
  { className, properties: { IOCalloutDevice: "/dev/cu.Bluetooth-Incoming-Port" } },
  { className, properties: { IOCalloutDevice: "/dev/cu.half", idVendor: 1 } },
  { className, properties: { IODialinDevice: "/dev/tty.nothing" } },
  { className: "IOMedia", properties: { IOCalloutDevice: "/dev/disk" } },
];

Deno.test("macOS: the list of ports, from calls of IOKit; all objects are released", async () => {
  const { libraries, unreleased } = fakeRegistry(services);
  const libc = new FakeLibc("darwin", "/dev/cu.usbmodem1101");
  const serial = withLibraries(
    { ...libraries, "/usr/lib/libSystem.B.dylib": libc },
    () => darwinSerial(),
  );
  assert.deepEqual(await serial.list(), [
    { path: "/dev/cu.Bluetooth-Incoming-Port" },
    { path: "/dev/cu.half" },
    {
      path: "/dev/cu.usbmodem1101",
      usb: {
        vendorId: 0x37C5,
        productId: 0x1204,
        serial: "2D003A000B51333835333231",
        product: "OpenMV Virtual Comm Port in FS Mode",
        portPath: "20-1.3",
      },
    },
    {
      path: "/dev/cu.usbserial-1",
      usb: { vendorId: 0x0403, productId: 0x6015, serial: "DK0A1B2C", product: "C232HM" },
    },
  ]);
  assert.equal(unreleased(), 0);
});

Deno.test("macOS: a property that is missing, too long or of another type is undefined", async () => {
  const long = "x".repeat(1_024), fits = "x".repeat(1_023);
  const properties = { long, fits, text: "ä", number: 5, half: 0.5, flag: true };
  const { libraries, unreleased } = fakeRegistry([{ className, properties }]);
  const registry = withLibraries(libraries, () => openRegistry());
  const found: unknown[] = [];
  await registry.each(className, async ({ text, number }) => {
    for (const name of [...Object.keys(properties), "none"]) {
      found.push([name, await text(name), await number(name)]);
    }
  });
  assert.deepEqual(found, [
    ["long", undefined, undefined],
    ["fits", fits, undefined],
    ["text", "ä", undefined],
    ["number", undefined, 5],
    ["half", undefined, undefined],
    ["flag", undefined, undefined],
    ["none", undefined, undefined],
  ]);
  assert.equal(unreleased(), 0);
});

Deno.test("macOS: a registry that refuses has no services", async () => {
  const { libraries, ioKit } = fakeRegistry(services);
  const real = ioKit.functions.IOServiceGetMatchingServices;
  Object.assign(ioKit.functions, {
    IOServiceGetMatchingServices: (...given: unknown[]) => (real(...given), 0x2C2),
  });
  const registry = withLibraries(libraries, () => openRegistry());
  await registry.each(className, () => Promise.reject(new Error("no service")));
});

Deno.test("macOS: a registry that hangs is named, with what it should tell", async () => {
  for (
    const call of [
      "IOServiceGetMatchingServices",
      "IOIteratorNext",
      "IORegistryEntrySearchCFProperty",
    ]
  ) {
    const { libraries, ioKit } = fakeRegistry(services);
    Object.assign(ioKit.functions, { [call]: () => new Promise(() => {}) });
    const stop = new AbortController();
    const registry = withLibraries(libraries, () => openRegistry(stop.signal));
    const listing = registry.each(className, async ({ text }) => void await text("name"));
    await assert.rejects(
      listing,
      new RegExp(`: ${call} for the serial ports has not returned within 2 s`),
    );
  }
});
