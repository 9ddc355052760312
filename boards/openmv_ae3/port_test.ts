import assert from "node:assert/strict";
import { UnbrickError } from "../../core/common/errors.ts";
import type { DetectedDevice } from "../../core/device/detected_device.ts";
import type { StepContext } from "../../core/plan/step_context.ts";
import type { SerialPort, SerialPortInfo } from "../../core/transport/serial/port.ts";
import { Trial } from "../../tests/support/plan/plan_rig.ts";
import { withPort } from "./enclave.ts";

/** Which serial port is opened for an adapter, and when (alif-isp.md A.1). */

const FTDI = { vendorId: 0x0403, productId: 0x6015 }, WCH = { vendorId: 0x1A86, productId: 0x55D3 };

const detected = (portPath: string, serial?: string) =>
  ({
    mode: "rom",
    seen: {
      serial,
      usb: { portPath, descriptor: { idVendor: FTDI.vendorId, idProduct: FTDI.productId } },
    },
  }) as unknown as DetectedDevice;

const port = (path: string, usb?: Partial<NonNullable<SerialPortInfo["usb"]>>): SerialPortInfo => ({
  path,
  ...(usb && { usb: { ...FTDI, ...usb } }),
});

interface Host {
  list: () => readonly SerialPortInfo[];
  open: () => void;
}

/** Returns the path of the port that was opened, and the virtual milliseconds until then. */
async function opened(device: DetectedDevice, { list, open }: Host) {
  const { clock, ports } = new Trial([]);
  let path: string | undefined, isClosed = false;
  const serial = {
    list: () => Promise.resolve(list()),
    open: (info: SerialPortInfo) => {
      open();
      path = info.path;
      const close = () => {
        isClosed = true;
        return Promise.resolve();
      };
      return Promise.resolve({ info, close } as SerialPort);
    },
  };
  const context = {
    ...{ clock, serial, signal: new AbortController().signal, usb: ports.openBus() },
  } as unknown as StepContext;
  const began = clock.now();
  await context.usb.list(); // a change is one since then
  await clock.run(() => withPort(context, device, () => Promise.resolve()));
  assert.ok(isClosed);
  return { path, ms: clock.now() - began };
}

const free = () => {};
const always = (...ports: readonly SerialPortInfo[]): Host => ({ list: () => ports, open: free });

const found: readonly [string, DetectedDevice, readonly SerialPortInfo[], string][] = [
  ["the only one", detected("1-1"), [port("A", { portPath: "1-1" })], "A"],
  ["that on its USB port", detected("1-2"), [
    port("A", { portPath: "1-1" }),
    port("B", { portPath: "1-2" }),
  ], "B"],
  ["not that of another adapter on its USB port", detected("1-1"), [
    port("A", { ...WCH, portPath: "1-1" }),
    port("B", { vendorId: WCH.vendorId, portPath: "1-1" }),
    port("C", { productId: WCH.productId, portPath: "1-1" }),
    port("D"),
    port("E"),
    port("F", { portPath: "1-1" }),
  ], "F"],
  ["one whose USB port is not known", detected("1-1"), [
    port("A", { portPath: "1-7" }),
    port("B", {}),
  ], "B"],
  ["the one with its serial number", detected("1-1", "S2"), [
    port("A", { serial: "S1" }),
    port("B", { serial: "S2" }),
  ], "B"],
];

for (const [what, device, ports, path] of found) {
  Deno.test(`an adapter's serial port is ${what}`, async () => {
    assert.equal((await opened(device, always(...ports))).path, path);
  });
}

const notFound: readonly [string, DetectedDevice, readonly SerialPortInfo[]][] = [
  ["none", detected("1-1"), []],
  ["that of another USB port", detected("1-1"), [port("A", { portPath: "1-2" })]],
  ["two whose USB ports are not known", detected("1-1"), [port("A", {}), port("B", {})]],
  ["another serial number", detected("1-1", "S2"), [port("A", { serial: "S1" })]],
  ["another vendor", detected("1-1"), [port("A", { ...WCH, portPath: "1-1" })]],
];

for (const [what, device, ports] of notFound) {
  Deno.test(`no serial port is opened if there is only ${what}`, async () => {
    await assert.rejects(opened(device, always(...ports)), (error) => {
      assert.ok(error instanceof UnbrickError);
      assert.deepEqual([error.kind, error.data.port], ["driver", "1-1"]);
      return true;
    });
  });
}

Deno.test("a serial port may appear some seconds after its adapter", async () => {
  let looks = 0;
  const late = { list: () => looks++ < 40 ? [] : [port("A", {})], open: free };
  const { path, ms } = await opened(detected("1-1"), late);
  assert.equal(path, "A");
  assert.ok(ms >= 3_900 && ms <= 5_000, `${ms}`);
});

const failing = (kind: "busy" | "permission", times: number): Host => {
  let tries = 0;
  return {
    list: () => [port("A", {})],
    open: () => {
      if (tries++ < times) throw new UnbrickError(kind, "Not now.");
    },
  };
};

Deno.test("a port that another program holds for some seconds is opened as soon as it is free", async () => {
  const { path, ms } = await opened(detected("1-1"), failing("busy", 50));
  assert.deepEqual([path, ms], ["A", 5_000]);
  await assert.rejects(opened(detected("1-1"), failing("busy", 1_000)), { kind: "busy" });
  await assert.rejects(opened(detected("1-1"), failing("permission", 1)), { kind: "permission" });
});
