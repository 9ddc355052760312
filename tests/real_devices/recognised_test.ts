import assert from "node:assert/strict";
import { families } from "../support/boards/families.ts";
import type { SeenDevice } from "../../core/device/detected_device.ts";
import { collectedRecords, type RealDevice, realDevices } from "./real_devices.ts";

function seen({ id, product, alternates = [] }: RealDevice): SeenDevice {
  const [idVendor, idProduct] = id.split(":").map((word) => parseInt(word, 16));
  return {
    usb: { portPath: "1-1", descriptor: { idVendor, idProduct } } as SeenDevice["usb"],
    ...(product !== undefined && { product }),
    interfaceNames: new Map(alternates.map((name, at) => [`0:${at}`, name])),
  };
}

/** `openmv_n6/rom/openmv-n6`, or `nobody`. */
function recognised(device: RealDevice): string {
  const found = families.flatMap((family) => family.recognise(seen(device)) ?? [])
    .map(({ familyId, mode, boardIds }) => `${familyId}/${mode}/${boardIds.join("+")}`);
  return found.join(" and ") || "nobody";
}

for (const device of realDevices) {
  Deno.test(`real-devices.md ${device.source}, ${device.what}: ${device.expect}`, () => {
    assert.equal(recognised(device), device.expect);
    if (device.expect !== "nobody" || !device.alternates) return;
    const refused = families.flatMap((family) => family.refuse?.(seen(device)) ?? []);
    assert.equal(refused[0]?.reason.kind, "wrong-board", "named, with the reason");
  });
}

const records = collectedRecords();

/** The collection is older than what an F405 tells: it has one bank (real-devices.md 1.2). */
const isOneBank = ({ what }: RealDevice) => what.startsWith("STM32F405/407 ROM, 1 MiB");
const families_ = { stm32: "openmv_stm32", n6: "openmv_n6", arduino: "arduino" } as const;

Deno.test({
  name: "every collected record of a device is recognised as it says",
  ignore: !records,
  fn() {
    const checked = records!.devices.filter(({ expect }) => expect !== "n/a");
    assert.ok(checked.length >= 20);
    for (const device of checked) {
      const expected = isOneBank(device)
        ? "nobody"
        : device.expect.replace(/^[^/]+(?=\/)/, (name) => families_[name as "stm32"]);
      assert.equal(recognised(device), expected, `${device.what} (${device.source})`);
    }
  },
});
