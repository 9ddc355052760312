import fc from "fast-check";
import assert from "node:assert/strict";
import type { SerialPortInfo } from "../../core/transport/serial/port.ts";
import type { Service } from "../../ffi/serial/darwin/core_foundation.ts";
import { listDarwinPorts } from "../../ffi/serial/darwin/list.ts";
import { listLinuxPorts } from "../../ffi/serial/linux/list.ts";
import { boundDevices, leftOut, placeOf, withDriver } from "../../ffi/windows_devices/bound.ts";
import { listWindowsPorts } from "../../ffi/serial/windows/list.ts";
import { wide, wideTexts } from "../../ffi/serial/windows/symbols.ts";
import { locationOf } from "../../ffi/hidapi/location.ts";
import { rulesState } from "../../core/cli/doctor/linux_probe.ts";
import { udevRules } from "../../core/common/udev_rules.ts";

/**
 * Tests that the ports are listed whatever sysfs, IOKit or SetupAPI report about them and their
 * parents.
 */

const samples = [
  "",
  "ttyACM0",
  "/sys/devices/pci0000:00/0000:00:14.0/usb1/1-1/1-1.3/1-1.3:1.0",
  "37c5",
  "0",
  "COM12",
  "USB\\VID_37C5&PID_1204\\2D003A000B51333835333231",
  "USB\\VID_37C5&PID_1204&MI_00\\7&1A2B3C4D&0&0000",
  "USB\\ROOT_HUB30\\4&15F8BA2A&0&0",
  "PCIROOT(0)#PCI(1400)#USBROOT(0)#USB(1)#USB(3)",
  "PCIROOT(0)#USBROOT(0)#USB(99999999999999999999)",
];
const text = fc.oneof(fc.constantFrom(...samples), fc.string({ unit: "binary", maxLength: 60 }));
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const texts = fc.array(text, { maxLength: 6 });
const number = fc.oneof(fc.integer(), fc.double(), fc.constantFrom(0x14130000, 0x37C5, -1));

function check(ports: readonly SerialPortInfo[]): void {
  for (const { path, usb } of ports) {
    assert.equal(typeof path, "string");
    if (usb?.portPath !== undefined) locationOf(usb.portPath);
  }
  JSON.stringify(ports);
}

Deno.test("Linux: whatever sysfs reports, the ports are listed", async () => {
  const functions = fc.record({
    names: fc.func(texts),
    resolve: fc.func(maybe(text)),
    attribute: fc.func(maybe(text)),
  });
  await fc.assert(fc.asyncProperty(functions, async ({ names, resolve, attribute }) => {
    check(
      await listLinuxPorts({
        names: async (folder) => names(folder),
        resolve: async (path) => resolve(path),
        attribute: async (path) => attribute(path),
      }),
    );
  }));
});

Deno.test("macOS: whatever IOKit reports, the ports are listed", async () => {
  const service = fc.record({ text: fc.func(maybe(text)), number: fc.func(maybe(number)) })
    .map(({ text, number }): Service => ({
      text: async (name) => text(name),
      number: async (name) => number(name),
    }));
  await fc.assert(fc.asyncProperty(fc.array(service, { maxLength: 5 }), async (services) => {
    check(
      await listDarwinPorts({
        each: async (_name, visit) => {
          for (const one of services) await visit(one);
        },
      }),
    );
  }));
});

Deno.test("Windows: whatever the device tree contains, the ports are listed", async () => {
  const devices = fc.record({
    portNames: fc.func(texts),
    ports: fc.func(fc.array(fc.record({ path: text, instance: text }), { maxLength: 5 })),
    hidInterfaces: fc.func(fc.array(fc.record({ path: text, instance: text }), { maxLength: 5 })),
    hubs: fc.func(texts),
    parents: fc.func(texts),
    product: fc.func(maybe(text)),
    locations: fc.func(texts),
  });
  const later = <T extends unknown[], R>(ask: (...given: T) => R) => async (...given: T) =>
    ask(...given);
  await fc.assert(fc.asyncProperty(devices, async (devices) => {
    const { portNames, ports, hidInterfaces, hubs, parents, product, locations } = devices;
    const system = {
      portNames: later(portNames),
      ports: later(ports),
      hidInterfaces: later(hidInterfaces),
      hubs: later(hubs),
      parents: later(parents),
      product: later(product),
      locations: later(locations),
    };
    check(await listWindowsPorts(system));
  }));
});

Deno.test("Windows: whatever the device tree contains, every device has a place and is listed once", () => {
  const id = fc.oneof(
    text,
    fc.constantFrom(
      "USB\\VID_0483&PID_DF11\\1",
      "USB\\VID_0483&PID_DF11\\2",
      "USB\\VID_0000&PID_0002\\5&1&0&4",
      "USB\\ROOT_HUB30\\4&1&0&0",
    ),
  );
  const location = fc.oneof(
    text,
    fc.constantFrom("PCIROOT(0)#USBROOT(0)", "PCIROOT(0)#USBROOT(0)#USB(3)"),
  );
  const device = fc.record({
    instance: id,
    service: fc.oneof(text, fc.constantFrom("", "WINUSB")),
    problem: fc.nat(60),
    hardwareIds: fc.array(text, { maxLength: 3 }),
    locations: fc.array(location, { maxLength: 3 }),
  });
  fc.assert(fc.property(fc.array(device, { maxLength: 8 }), fc.array(id), (all, hubs) => {
    for (const one of all) assert.equal(typeof placeOf(one, all, hubs), "string");
    const bound = boundDevices(all, hubs);
    const found = leftOut([], bound);
    assert.ok(found.length <= bound.length);
    // What libusb lists is never listed a second time.
    assert.deepEqual(leftOut(found, bound), []);
    for (const info of found) assert.equal(withDriver(info, bound).portPath, info.portPath);
  }));
});

Deno.test("Windows: texts end with zeros, or with their buffer", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
    for (const one of wideTexts(bytes)) assert.ok(one.length <= bytes.length);
  }));
  const path = fc.string({ unit: "grapheme", minLength: 1 }).filter((one) => !one.includes("\0"));
  fc.assert(fc.property(path, (one) => assert.deepEqual(wideTexts(wide(one)), [one])));
});

Deno.test("udev rules count as installed only if each of them is there", async () => {
  const file = fc.array(fc.oneof(fc.constantFrom(...udevRules.text), text), { maxLength: 40 });
  await fc.assert(fc.asyncProperty(file, async (lines) => {
    const isWhole = udevRules.text.every((rule) => lines.includes(rule));
    const state = await rulesState(async () => lines.join("\n"));
    if (isWhole) assert.equal(state, "installed");
    else if (!lines.some((line) => /[\r\n]|^\s|\s$/.test(line))) assert.equal(state, "different");
  }));
});
