import assert from "node:assert/strict";
import type { SerialBus } from "../transport/serial/port.ts";
import type { UsbBus, UsbDeviceInfo } from "../transport/usb/device.ts";
import { type DetectedDevice, isUsable, type SeenDevice } from "./detected_device.ts";
import { summarise } from "./device_summary.ts";
import { hidrawNodes } from "./hidraw.ts";
import { holders } from "./holders.ts";
import { ReceivedBytes } from "./received_bytes.ts";
import { silentDevice, silentReason } from "./silent_port.ts";
import type { SystemFiles } from "./system_files.ts";
import { isSameId, unitIdOf } from "./unit_id.ts";
import { UnbrickError } from "../common/errors.ts";

Deno.test("ids of a chip are the same whatever the order of their words, and of the bytes in all of them", () => {
  const id = "0123456789ABCDEF11223344";
  for (
    const [other, isSame] of [
      [id, true],
      [id.toLowerCase(), true],
      ["1122334489ABCDEF01234567", true],
      ["67452301EFCDAB8944332211", true],
      ["44332211EFCDAB8967452301", true],
      ["67452301" + id.slice(8), false], // only one word the other way round
      ["0123456789ABCDEF11223345", false],
      [id.slice(8), undefined],
      [id + "0", undefined],
      ["G" + id.slice(1), undefined],
      ["0".repeat(24), undefined],
      ["F".repeat(24), undefined],
      ["0".repeat(23) + "F", false],
    ] as const
  ) {
    assert.equal(isSameId(id, other, 24), isSame, other);
    assert.equal(isSameId(other, id, 24), isSame, other);
  }
  assert.equal(isSameId("0123456789ABCDEF", "0123456789ABCDEF", 16), undefined);
  assert.equal(isSameId("0123456789ABCDEE", "0123456789ABCDEE", 16), true);
});

const usb = { portPath: "1-2", descriptor: { idVendor: 0x37C5, idProduct: 0x1204 } };
const detected = (more: object, seen: Partial<SeenDevice> = {}) =>
  ({
    seen: { usb, ...seen },
    mode: "rom",
    title: "A ROM",
    boardIds: ["one"],
    ...more,
  }) as unknown as DetectedDevice;

Deno.test("the id of a device is its serial number, if it has one; its summary", () => {
  assert.deepEqual(unitIdOf(detected({}, { serial: "77" })), {
    id: "77",
    mode: "rom",
    productId: 0x1204,
  });
  for (const serial of ["", undefined]) assert.equal(unitIdOf(detected({}, { serial })), undefined);
  assert.deepEqual(summarise(detected({}, { serial: "77" })), {
    ...{ port: "1-2", mode: "rom", usbId: "37c5:1204", title: "A ROM" },
    ...{ boardIds: ["one"], serial: "77" },
  });
});

Deno.test("a device that cannot be opened is usable if it need not be opened", () => {
  const unreadable = new UnbrickError("busy", "Busy.");
  assert.ok(isUsable(detected({})));
  assert.ok(!isUsable(detected({}, { unreadable })));
  assert.ok(!isUsable(detected({ isSerial: false }, { unreadable })));
  assert.ok(isUsable(detected({ isSerial: true }, { unreadable })));
  assert.ok(isUsable(detected({ mode: "firmware" }, { unreadable })));
});

/** The kernel's files: folders with their names, links with their targets, texts. */
function files(tree: Readonly<Record<string, string | readonly string[]>>): SystemFiles {
  const text = (path: string) => {
    const found = tree[path];
    return Promise.resolve(typeof found === "string" ? found : undefined);
  };
  return {
    names: (folder) => Promise.resolve([...Array.isArray(tree[folder]) ? tree[folder] : []]),
    resolve: text,
    attribute: text,
    mayUse: () => Promise.resolve(true),
  };
}

Deno.test("the other programs that have a file open, by name; not this one, and no file twice", async () => {
  const system = files({
    "/proc": ["1", "20", "self", "3x", "300"],
    "/proc/1/fd": ["0", "7"],
    "/proc/1/fd/0": "/dev/null",
    "/proc/1/fd/7": "/dev/bus/usb/001/005",
    "/proc/1/comm": "cubeprog",
    "/proc/20/fd": ["3"],
    "/proc/20/fd/3": "/dev/bus/usb/001/005",
    "/proc/20/comm": "unbrick",
    "/proc/300/fd": ["1", "2"],
    "/proc/300/fd/1": "/dev/bus/usb/001/005",
    "/proc/300/fd/2": "/dev/bus/usb/001/005",
    "/proc/3x/fd": ["1"],
    "/proc/3x/fd/1": "/dev/bus/usb/001/005",
  });
  const usb = "/dev/bus/usb/001/005";
  const found = await holders(new Set([usb, "/dev/ttyACM0"]), system, 20);
  assert.deepEqual([...found], [[usb, [{ pid: 1, name: "cubeprog" }, { pid: 300, name: "?" }]]]);
  const untouched = { ...system, names: () => Promise.reject(new Error("nobody asks")) };
  assert.equal((await holders(new Set(), untouched, 20)).size, 0);
});

Deno.test("the hidraw files of a port, and of no other port that begins like it", async () => {
  const usb = "/sys/bus/usb/devices";
  const system = files({
    [usb]: ["1-1.3", "1-1.3:1.0", "1-1.3:1.1", "1-1.30:1.0", "usb1"],
    [`${usb}/1-1.3:1.0`]: ["0003:1fc9:0135.0001", "bInterfaceClass", "power"],
    [`${usb}/1-1.3:1.0/0003:1fc9:0135.0001/hidraw`]: ["hidraw0", "hidraw4"],
    [`${usb}/1-1.3:1.1`]: ["0003:1FC9:0135.0002"],
    [`${usb}/1-1.3:1.1/0003:1FC9:0135.0002/hidraw`]: ["hidraw1"],
    [`${usb}/1-1.30:1.0`]: ["0003:1FC9:0135.0003"],
    [`${usb}/1-1.30:1.0/0003:1FC9:0135.0003/hidraw`]: ["hidraw9"],
  });
  assert.deepEqual(await hidrawNodes("1-1.3", system), [
    "/dev/hidraw0",
    "/dev/hidraw4",
    "/dev/hidraw1",
  ]);
  assert.deepEqual(await hidrawNodes("1-2", system), []);
});

Deno.test("bytes that devices and ports send are counted, not those that they are sent", async () => {
  const received = new ReceivedBytes();
  class Device {
    readonly info = { portPath: "1-2" };
    readonly #four = new Uint8Array(4); // reachable only with the right `this`
    controlIn = () => Promise.resolve(this.#four);
    interruptIn(_endpoint: number, length: number) {
      return Promise.resolve(this.#four.subarray(0, length));
    }
    read = (length: number) => Promise.resolve(this.#four.subarray(0, length));
    controlOut() {
      return Promise.resolve(this.#four);
    }
    close = () => Promise.resolve();
  }
  const closed: string[] = [];
  const bus = {
    list: () => Promise.resolve(["listed"]),
    changed: (options: unknown) => Promise.resolve(options),
    open: () => Promise.resolve(new Device()),
    close: () => Promise.resolve(void closed.push("bus")),
  };
  const usb = received.usb(bus as unknown as UsbBus);
  assert.deepEqual(await usb.list(), ["listed"]);
  assert.equal(await usb.changed("options" as never) as unknown, "options");
  const device = await usb.open({} as UsbDeviceInfo) as unknown as Device;
  assert.equal(device.info.portPath, "1-2");
  assert.equal((await device.controlIn()).length, 4);
  assert.equal(received.total, 4);
  await device.interruptIn(0x81, 3);
  assert.equal(received.total, 7);
  await device.controlOut();
  const ports = received.serial(bus as unknown as SerialBus);
  assert.deepEqual(await ports.list(), ["listed"]);
  const port = await ports.open({ path: "COM3" }, { baudRate: 1 }) as unknown as Device;
  await port.read(2);
  assert.equal(received.total, 9);
  await usb.close();
  assert.deepEqual(closed, ["bus"]);
});

Deno.test("a device that failed to enumerate has a port and nothing else", async () => {
  const { seen, title, reason } = silentDevice("1-4");
  assert.equal(seen.usb.portPath, "1-4");
  assert.deepEqual([seen.usb.descriptor.idVendor, seen.interfaceNames.size], [0, 0]);
  assert.equal(String(title), "USB device that does not answer");
  assert.deepEqual([reason.kind, reason.data], ["timeout", { silentPort: "1-4" }]);
  assert.match(reason.message, /^A USB device on port 1-4 did not answer/);
  const silentPorts = (...ports: string[]) => ({ silentPorts: () => Promise.resolve(ports) });
  assert.equal(await silentReason(silentPorts("1-4", "1-5")), reason.message);
  assert.equal(await silentReason(silentPorts()), undefined);
  assert.equal(await silentReason({}), undefined);
});
