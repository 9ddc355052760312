import assert from "node:assert/strict";
import type { Service } from "./core_foundation.ts";
import { listDarwinPorts, portPathOfLocation } from "./list.ts";

function service(properties: Readonly<Record<string, string | number>>): Service {
  return {
    text: async (name) => typeof properties[name] === "string" ? properties[name] : undefined,
    number: async (name) => typeof properties[name] === "number" ? properties[name] : undefined,
  };
}

Deno.test("a location on macOS becomes the port path that libusb uses", () => {
  assert.equal(portPathOfLocation(0x14130000), "20-1.3");
  assert.equal(portPathOfLocation(0x02100000), "2-1");
  assert.equal(portPathOfLocation(-0x7EC00000), "129-4");
});

Deno.test("macOS lists serial ports with what is known about their USB device", async () => {
  const services: Readonly<Record<string, string | number>>[] = [
    {
      IOCalloutDevice: "/dev/cu.usbmodem1101",
      idVendor: 0x37C5,
      idProduct: 0x1204,
      "USB Serial Number": "2D003A000B51333835333231",
      locationID: 0x01100000,
    },
    { IOCalloutDevice: "/dev/cu.Bluetooth-Incoming-Port" },
    { IODialinDevice: "/dev/tty.nothing" },
  ];
  const registry = {
    each: async (className: string, visit: (service: Service) => Promise<void>) => {
      assert.equal(className, "IOSerialBSDClient");
      for (const one of services.map(service)) await visit(one);
    },
  };
  assert.deepEqual(await listDarwinPorts(registry), [
    { path: "/dev/cu.Bluetooth-Incoming-Port" },
    {
      path: "/dev/cu.usbmodem1101",
      usb: {
        vendorId: 0x37C5,
        productId: 0x1204,
        serial: "2D003A000B51333835333231",
        portPath: "1-1",
      },
    },
  ]);
});
