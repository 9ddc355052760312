import assert from "node:assert/strict";
import type { ErrorKind } from "../common/errors.ts";
import type { DetectedDevice } from "../device/detected_device.ts";
import type { SerialPortInfo } from "../transport/serial/port.ts";
import { runningPort as port, RunningRig } from "../../tests/support/plan/running_rig.ts";
import { enterOverSerial, portOfDetected } from "./serial_entry.ts";

class Running extends RunningRig {
  enter(): Promise<DetectedDevice | undefined> {
    const expectation = { what: "the bootloader", modes: ["bootloader"] as const };
    return this.clock.run(() => enterOverSerial(this.context, ["V1"], expectation));
  }
}

Deno.test("a running camera that obeys appears as its bootloader", async () => {
  const rig = new Running("obeys");
  assert.equal((await rig.enter())?.mode, "bootloader");
  assert.deepEqual(rig.log, ["the bootloader bootloader 10000"]);
  assert.equal(rig.written, 1);
  assert.deepEqual(rig.notes, []);
});

Deno.test("a camera that does not answer is noted, and the wait ends", async () => {
  const rig = new Running("silent");
  assert.equal(await rig.enter(), undefined);
  assert.deepEqual(rig.notes, ["The camera does not answer on its serial port /dev/ttyACM0."]);
  assert.ok(rig.clock.elapsed < 4_000);
  assert.equal(rig.waited, "The wait was cancelled.");
});

Deno.test("a bootloader that does not appear is noted", async () => {
  const rig = new Running("bootloader stays away");
  assert.equal(await rig.enter(), undefined);
  assert.deepEqual(rig.notes, ["It never came."]);
});

Deno.test("a port that cannot be used leads to steps by hand; any other error is passed on", async () => {
  const minor: ErrorKind[] = [
    "timeout",
    "permission",
    "busy",
    "driver",
    "not-found",
    "wrong-board",
    "disconnected",
  ];
  for (const kind of minor) {
    const rig = new Running(kind);
    assert.equal(await rig.enter(), undefined, kind);
    assert.deepEqual(rig.notes, [`It is ${kind}.`]);
  }
  for (const kind of ["cancelled", "bug", "protocol"] as const) {
    const rig = new Running(kind);
    await assert.rejects(rig.enter(), { kind });
    assert.deepEqual(rig.notes, []);
  }
});

Deno.test("nothing is sent if no camera runs, it is too old, or it has no port", async () => {
  const cases: ((rig: Running) => void)[] = [
    (rig) => rig.present.clear(),
    (rig) => rig.serialPorts = [],
    (rig) => Object.assign(rig.present.get("firmware")!.seen, { serial: "000000000011" }),
    (rig) =>
      Object.assign(rig.present.get("firmware")!.seen.usb, {
        descriptor: { idVendor: 0x1209, idProduct: 0xABD1 },
      }),
  ];
  for (const change of cases) {
    const rig = new Running("obeys");
    change(rig);
    assert.equal(await rig.enter(), undefined);
    assert.deepEqual([rig.log, rig.notes, rig.written], [[], [], 0]);
  }
  for (
    const descriptor of [{ idVendor: 0x1209, idProduct: 1 }, { idVendor: 1, idProduct: 0xABD1 }]
  ) {
    const rig = new Running("obeys");
    Object.assign(rig.present.get("firmware")!.seen.usb, { descriptor });
    const { idVendor: vendorId, idProduct: productId } = descriptor;
    rig.serialPorts = [{ ...port, usb: { vendorId, productId, portPath: "1-1" } }];
    assert.equal((await rig.enter())?.mode, "bootloader");
  }
});

Deno.test("its serial port is the one on its USB port, with its ids", async () => {
  const rig = new Running("obeys");
  const found = async (...ports: SerialPortInfo[]) => {
    rig.serialPorts = ports;
    return (await portOfDetected(rig.context, rig.device("firmware")))?.path;
  };
  const other = (change: object) => ({ path: "other", usb: { ...port.usb!, ...change } });
  const others = [{ portPath: "1-2" }, { vendorId: 1 }, { productId: 1 }].map(other);
  assert.equal(await found({ path: "builtin" }, ...others), undefined);
  assert.equal(await found(...others, port), "/dev/ttyACM0");
});
