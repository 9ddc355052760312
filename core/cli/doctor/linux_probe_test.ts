import assert from "node:assert/strict";
import { udevRules } from "../../common/udev_rules.ts";
import type { UsbDeviceInfo } from "../../transport/usb/device.ts";
import { holders } from "../../device/holders.ts";
import { driversOf, interferingPrograms, nodeOf, rulesState } from "./linux_probe.ts";
import { fakeFiles } from "../../../tests/support/cli/doctor_answers.ts";

const drivers = "../../../../bus/usb/drivers";
const files = fakeFiles({
  links: {
    "/sys/bus/usb/devices/1-1.3:1.0/driver": `${drivers}/cdc_acm`,
    "/sys/bus/usb/devices/1-1.3:1.1/driver": `${drivers}/cdc_acm`,
    "/sys/bus/usb/devices/1-1.30:1.0/driver": `${drivers}/usbhid`,
    "/proc/77/fd/3": "/dev/bus/usb/001/004",
    "/proc/77/fd/4": "/dev/null",
    "/proc/78/fd/9": "/dev/ttyACM0",
    "/proc/5/fd/1": "/dev/bus/usb/001/004",
  },
  texts: {
    "/sys/bus/usb/devices/1-1.3:1.2/bInterfaceClass": "ff",
    "/proc/77/comm": "openmvide",
    "/proc/78/comm": "ModemManager",
    "/proc/5/comm": "unbrick",
    "/proc/uptime": "1",
  },
});

Deno.test("the drivers are those of the device's own interfaces, each once", async () => {
  assert.deepEqual(await driversOf({ portPath: "1-1.3" } as UsbDeviceInfo, files), ["cdc_acm"]);
  assert.deepEqual(await driversOf({ portPath: "1-1" } as UsbDeviceInfo, files), []);
});

Deno.test("the file of a device is named by bus and address", () => {
  assert.equal(nodeOf({ bus: 1, address: 4 }), "/dev/bus/usb/001/004");
  assert.equal(nodeOf({ bus: 12, address: 127 }), "/dev/bus/usb/012/127");
});

Deno.test("the programs that use a file: others, not unbrick itself", async () => {
  const found = await holders(new Set(["/dev/bus/usb/001/004", "/dev/ttyACM0"]), files, 5);
  assert.deepEqual(Object.fromEntries(found), {
    "/dev/bus/usb/001/004": [{ pid: 77, name: "openmvide" }],
    "/dev/ttyACM0": [{ pid: 78, name: "ModemManager" }],
  });
});

Deno.test("programs that interfere with cameras", async () => {
  assert.deepEqual(await interferingPrograms(files), [{ pid: 78, name: "ModemManager" }]);
});

Deno.test("the rules: missing, of another version, installed with a comment", async () => {
  const own = udevRules.text.join("\n");
  const state = (text?: string) =>
    rulesState(async (path) => path === udevRules.path ? text : undefined);
  assert.equal(await state(), "missing");
  assert.equal(await state(udevRules.text[0]), "different");
  assert.equal(await state(`# mine\n${own}\n`), "installed");
});
