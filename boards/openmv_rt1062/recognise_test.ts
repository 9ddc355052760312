import assert from "node:assert/strict";
import type { SeenDevice } from "../../core/device/detected_device.ts";
import { recognise, usbIds } from "./recognise.ts";

/** What a camera is by its USB id (openmv-boards.md 0.1, imxrt-sdp-flashloader.md 0). */

function seen(idVendor: number, idProduct: number, serial?: string): SeenDevice {
  const usb = { portPath: "1-1", descriptor: { idVendor, idProduct } } as SeenDevice["usb"];
  return { usb, interfaceNames: new Map(), ...(serial && { serial }) };
}

const devices = [
  [0x1FC9, 0x0135, "rom", /ROM \(serial download\)/],
  [0x15A2, 0x0073, "bootloader", /NXP bootloader/],
  [0x37C5, 0x1060, "firmware", /RT1062, running/],
  [0x1209, 0xABD1, "firmware", /old firmware \(4\.5 or older\)/],
] as const;

for (const [vendor, product, mode, title] of devices) {
  Deno.test(`${vendor.toString(16)}:${product.toString(16)} is the camera's ${mode}`, () => {
    const device = seen(vendor, product);
    const { title: shown, ...found } = recognise(device)!;
    assert.deepEqual(found, {
      ...{ familyId: "openmv_rt1062", mode, seen: device, boardIds: ["openmv-rt1062"] },
    });
    assert.match(String(shown), title);
    // The ids beside it are not the camera's.
    assert.equal(recognise(seen(vendor, product + 1)), undefined);
    assert.equal(recognise(seen(vendor + 1, product)), undefined);
    assert.ok(usbIds.some((id) => id.vendorId === vendor && id.productId === product));
  });
}

Deno.test("the old serial bootloader is never this camera's", () => {
  for (const serial of ["000000000010", "000000000011"]) {
    assert.equal(recognise(seen(0x1209, 0xABD1, serial)), undefined);
  }
  assert.equal(recognise(seen(0x1209, 0xABD1, "3155345A3139"))?.mode, "firmware");
});
