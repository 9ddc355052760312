import assert from "node:assert/strict";
import { isKind } from "../common/errors.ts";
import type { SerialBus, SerialPort, SerialPortInfo } from "../transport/serial/port.ts";
import type { UsbDeviceInfo } from "../transport/usb/device.ts";
import { serialOfPort } from "./port_serial.ts";

const ADAPTER = 0x6001;

const port = (path: string, portPath?: string, productId = ADAPTER): SerialPortInfo => ({
  path,
  usb: { vendorId: 0x0403, productId, ...(portPath && { portPath }) },
});

const device = (portPath: string, idProduct = ADAPTER, idVendor = 0x0403) =>
  ({ portPath, descriptor: { idVendor, idProduct } }) as UsbDeviceInfo;

function onPort(
  path: string,
  ports: readonly SerialPortInfo[],
  devices: readonly UsbDeviceInfo[] = [],
) {
  const opened: unknown[] = [];
  const bus = {
    list: () => Promise.resolve(ports),
    open: (...what: unknown[]) => {
      opened.push(what);
      return Promise.resolve({} as SerialPort);
    },
  } as unknown as SerialBus;
  return { serial: serialOfPort(bus, path, () => devices), opened };
}

const pathsOf = async ({ serial }: ReturnType<typeof onPort>) =>
  (await serial.list()).map(({ path }) => path);

Deno.test("only the serial ports on the USB port are listed", async () => {
  const ports = [port("a", "1-1"), port("b", "1-2"), port("c", "1-1"), { path: "builtin" }];
  assert.deepEqual(await pathsOf(onPort("1-1", ports)), ["a", "c"]);
  assert.deepEqual(await pathsOf(onPort("1-3", ports)), []);
  assert.deepEqual(await pathsOf(onPort("1-1", [{ path: "builtin" }])), []);
});

Deno.test("a port with a known place hides those without one", async () => {
  const ports = [port("lost"), port("a", "1-1")];
  assert.deepEqual(await pathsOf(onPort("1-1", ports, [device("1-1")])), ["a"]);
});

Deno.test("an adapter without a place counts if it is the only one of its kind", async () => {
  const listed = (ports: SerialPortInfo[], devices: UsbDeviceInfo[]) =>
    pathsOf(onPort("1-1", ports, devices));
  assert.deepEqual(await listed([port("a")], [device("1-1")]), ["a"]);
  assert.deepEqual(await listed([port("a")], [device("1-2")]), [], "it is on another port");
  assert.deepEqual(await listed([port("a")], [device("1-1", 1)]), [], "another product");
  assert.deepEqual(await listed([port("a")], [device("1-1", ADAPTER, 1)]), [], "another vendor");
  assert.deepEqual(await listed([port("a"), port("b", undefined, 1)], [device("1-1")]), ["a"]);
  const others = [device("1-1"), device("1-2", 1)];
  assert.deepEqual(await listed([port("a"), { path: "builtin" }], others), ["a"]);
  assert.deepEqual(await listed([port("a", "1-2")], [device("1-1")]), [], "its place is known");
});

Deno.test("of two adapters of one kind, none is guessed", async () => {
  const cases: [SerialPortInfo[], UsbDeviceInfo[]][] = [
    [[port("a"), port("b")], [device("1-1")]],
    [[port("a"), port("b", "1-2")], [device("1-1")]],
    [[port("a")], [device("1-1"), device("1-2")]],
    [[port("a"), port("b"), port("c", undefined, 1)], [device("1-1"), device("1-1", 1)]],
  ];
  for (const [ports, devices] of cases) {
    const { serial } = onPort("1-1", ports, devices);
    await assert.rejects(
      serial.list(),
      (error) => isKind(error, "driver") && error.data.port === "1-1",
    );
  }
});

Deno.test("only a port on this USB port can be opened", async () => {
  const settings = { baudRate: 55_000 };
  const here = port("a", "1-1"), there = port("b", "1-2");
  const rig = onPort("1-1", [here, port("c", "1-1"), there]);
  await rig.serial.open(here, settings);
  assert.deepEqual(rig.opened, [[here, settings]]);
  await assert.rejects(
    rig.serial.open(there, settings),
    (error) =>
      isKind(error, "not-found") && error.data.port === "b" &&
      /serial port b is not on USB port 1-1/.test(error.message),
  );
  assert.equal(rig.opened.length, 1);
});
