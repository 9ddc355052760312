import assert from "node:assert/strict";
import fc from "fast-check";
import { parseConfiguration, parseDeviceDescriptor } from "../../../transport/usb/descriptors.ts";
import type { UsbDeviceInfo } from "../../../transport/usb/device.ts";
import { findDfuInterfaces } from "./dfu_interface.ts";

const bytes = (hex: string) => Uint8Array.from(hex.split(" "), (byte) => Number.parseInt(byte, 16));
const descriptor = parseDeviceDescriptor(
  bytes("12 01 00 01 00 00 00 40 83 04 11 DF 00 22 01 02 03 01"),
)!;
const info = (configuration: Uint8Array): UsbDeviceInfo => ({
  bus: 1,
  address: 2,
  portPath: "1-1",
  speed: "full",
  descriptor,
  configurations: [parseConfiguration(configuration)].filter((one) => one !== undefined),
});

Deno.test("any configuration contains DFU interfaces or none", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 128 }), (configuration) => {
    assert.ok(Array.isArray(findDfuInterfaces(info(configuration))));
  }));
});

Deno.test("the F4 ROM has one interface with four alternate settings", () => {
  const configuration = bytes(
    "09 02 36 00 01 01 00 C0 32 09 04 00 00 00 FE 01 02 04 09 04 00 01 00 FE 01 02 05 " +
      "09 04 00 02 00 FE 01 02 06 09 04 00 03 00 FE 01 02 07 09 21 0B FF 00 00 08 1A 01",
  );
  const [dfu, ...others] = findDfuInterfaces(info(configuration));
  assert.equal(others.length, 0);
  assert.equal(dfu.mode, "dfu");
  assert.ok(dfu.isDfuSe);
  assert.deepEqual(dfu.alternates.map(({ iInterface }) => iInterface), [4, 5, 6, 7]);
});

Deno.test("a run-time interface is distinguished from DFU mode, a HID descriptor from a functional one", () => {
  const runtime = bytes(
    "09 02 1B 00 01 01 00 80 32 09 04 00 00 00 FE 01 01 00 09 21 0D E8 03 40 00 10 01",
  );
  assert.equal(findDfuInterfaces(info(runtime))[0].mode, "runtime");
  const dfu = (subclass: string, protocol: string, version: string) =>
    findDfuInterfaces(info(bytes(
      `09 02 1B 00 01 01 00 80 32 09 04 00 00 00 FE ${subclass} ${protocol} 00 ` +
        `09 21 0D E8 03 40 00 ${version}`,
    ))).map(({ mode }) => mode);
  assert.deepEqual(dfu("01", "02", "10 01"), ["dfu"]);
  assert.deepEqual(dfu("01", "00", "10 01"), ["runtime"]);
  // Only of a DfuSe device, protocol 0 is DFU mode, too (dfu-dfuse.md C5).
  assert.deepEqual(dfu("01", "00", "1A 01"), ["dfu"]);
  assert.deepEqual(dfu("01", "01", "1A 01"), ["runtime"]);
  assert.deepEqual(dfu("02", "02", "10 01"), []);
  const vendor = bytes(
    "09 02 1B 00 01 01 00 80 32 09 04 00 00 00 FF 01 02 00 09 21 0D E8 03 40 00 10 01",
  );
  assert.deepEqual(findDfuInterfaces(info(vendor)), [], "another class");
  const hid = bytes(
    "09 02 1B 00 01 01 00 80 32 09 04 00 00 00 03 00 00 00 09 21 11 01 00 01 22 3F 00",
  );
  assert.deepEqual(findDfuInterfaces(info(hid)), []);
});
