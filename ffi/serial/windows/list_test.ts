import assert from "node:assert/strict";
import { listWindowsPorts, parseInstance, portPathOf } from "./list.ts";
import type { PlugAndPlay } from "./plug_and_play.ts";

const camera = "USB\\VID_37C5&PID_1204\\2D003A000B51333835333231";
const cable = "USB\\VID_0403&PID_6015\\DK0A1B2C";
const firstHub = "USB\\ROOT_HUB30\\4&15F8BA2A&0&0", secondHub = "USB\\ROOT_HUB30\\4&2C1D3E4F&0&0";
const parents: Readonly<Record<string, string>> = {
  "USB\\VID_37C5&PID_1204&MI_00\\7&1A2B3C4D&0&0000": camera,
  [camera]: "USB\\VID_05E3&PID_0610\\6&ABCD&0&1",
  "USB\\VID_05E3&PID_0610\\6&ABCD&0&1": secondHub,
  "FTDIBUS\\VID_0403+PID_6015+DK0A1B2CA\\0000": cable,
  [cable]: firstHub,
  [firstHub]: "PCI\\VEN_8086&DEV_A0ED\\3&11583659&0&A0",
};
const locations: Readonly<Record<string, readonly string[]>> = {
  [camera]: ["PCIROOT(0)#PCI(0801)#PCI(0003)#USBROOT(0)#USB(1)#USB(3)", "ACPI(_SB_)"],
  [cable]: ["PCIROOT(0)#PCI(1400)#USBROOT(0)#USB(2)"],
};

const devices: PlugAndPlay = {
  portNames: async () => ["COM1", "COM3", "COM12"],
  ports: async () => [
    { path: "COM12", instance: "USB\\VID_37C5&PID_1204&MI_00\\7&1A2B3C4D&0&0000" },
    { path: "COM3", instance: "FTDIBUS\\VID_0403+PID_6015+DK0A1B2CA\\0000" },
  ],
  hidInterfaces: async () => [],
  hubs: async () => [firstHub, "USB\\VID_05E3&PID_0610\\6&ABCD&0&1", secondHub],
  async parents(instance) {
    const above = parents[instance];
    return above === undefined ? [] : [above, ...await devices.parents(above)];
  },
  product: async (instance) => instance === camera ? "OpenMV Virtual Comm Port" : undefined,
  locations: async (instance) => [...locations[instance] ?? []],
};

Deno.test("Windows lists serial ports with what is known about their USB device", async () => {
  assert.deepEqual(await listWindowsPorts(devices), [
    { path: "COM1" },
    {
      path: "COM3",
      usb: { vendorId: 0x0403, productId: 0x6015, serial: "DK0A1B2C", portPath: "1-2" },
    },
    {
      path: "COM12",
      usb: {
        vendorId: 0x37C5,
        productId: 0x1204,
        serial: "2D003A000B51333835333231",
        product: "OpenMV Virtual Comm Port",
        portPath: "2-1.3",
      },
    },
  ]);
});

Deno.test("instance ids and locations of Windows", () => {
  assert.deepEqual(parseInstance("USB\\VID_1A86&PID_55D3\\5&1F2E3D4C&0&2"), {
    vendorId: 0x1A86,
    productId: 0x55D3,
  });
  assert.equal(parseInstance("ACPI\\PNP0501\\0"), undefined);
  assert.equal(portPathOf(-1, ["PCIROOT(0)#USBROOT(0)#USB(1)"]), undefined);
  assert.equal(portPathOf(0, []), undefined);
  assert.equal(portPathOf(2, ["ACPI(_SB_)", "PCIROOT(0)#USBROOT(0)#USB(12)#USB(3)"]), "3-12.3");
  assert.equal(portPathOf(0, ["PCIROOT(0)#USBROOT(0)"]), undefined);
});
