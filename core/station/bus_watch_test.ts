import assert from "node:assert/strict";
import { UnbrickError } from "../common/errors.ts";
import { VirtualClock } from "../common/virtual_clock.ts";
import type { DetectedDevice } from "../device/detected_device.ts";
import type { Recogniser } from "../device/finder.ts";
import { Changes } from "../transport/usb/changes.ts";
import type { TransferOptions, UsbBus, UsbDeviceInfo } from "../transport/usb/device.ts";
import { BusWatch } from "./bus_watch.ts";
import type { StationPort } from "./station_port.ts";

const family: Recogniser = {
  usbIds: [{ vendorId: 1 }],
  recognise: (seen): DetectedDevice => ({
    familyId: "toys",
    mode: "rom",
    boardIds: ["toy"],
    title: "toy",
    seen,
  }),
};

let addresses = 1;

function device(portPath: string, idVendor = 1): UsbDeviceInfo {
  const names = { iManufacturer: 0, iProduct: 0, iSerialNumber: 0 };
  const descriptor = { idVendor, idProduct: 1, ...names };
  const address = ++addresses;
  return { portPath, bus: 1, address, descriptor, configurations: [] } as unknown as UsbDeviceInfo;
}

/** A bus whose devices the test sets, and the ports that the watch opened. */
class Rig {
  readonly clock = new VirtualClock();
  readonly ports = new Map<string, StationPort>();
  readonly stop = new AbortController();
  readonly watch: BusWatch;
  readonly #changes = new Changes(this.clock);
  #devices: readonly UsbDeviceInfo[] = [];
  lists = 0;
  lost = false;
  silent: readonly string[] | undefined = ["1-1", "1-2"];

  constructor(onlyPort?: string) {
    const bus = {
      list: () => {
        this.lists++;
        if (this.lost) return Promise.reject(new UnbrickError("driver", "The bus is gone."));
        this.#changes.listed();
        return Promise.resolve(this.#devices);
      },
      changed: (options: TransferOptions) => this.#changes.wait(options),
      open: (info: UsbDeviceInfo) => Promise.resolve({ info, close: () => Promise.resolve() }),
      silentPorts: () => Promise.resolve(this.silent),
    } as unknown as UsbBus;
    this.watch = new BusWatch({
      bus,
      families: [family],
      clock: this.clock,
      onlyPort,
      onPort: (port) => this.ports.set(port.path, port),
    });
  }

  set(...devices: readonly UsbDeviceInfo[]): void {
    this.#devices = devices;
    this.#changes.note();
  }

  async play(script: () => Promise<void>): Promise<void> {
    await this.clock.run(async () => {
      const running = this.watch.run(this.stop.signal);
      await this.clock.sleep(1);
      await script();
      this.stop.abort();
      await running;
    });
  }

  async step(...devices: readonly UsbDeviceInfo[]): Promise<void> {
    this.set(...devices);
    await this.clock.sleep(1);
  }

  at(path: string): StationPort {
    return this.ports.get(path)!;
  }

  async elsewhere(path: string): Promise<string[]> {
    for (const port of this.ports.values()) await port.look(this.stop.signal);
    const { elsewhere } = await this.at(path).look(this.stop.signal);
    return elsewhere!.map(({ seen }) => seen.usb.portPath);
  }
}

Deno.test("each device of interest gets its port; what was there at the start is known", async () => {
  const rig = new Rig();
  const first = device("1-1"), second = device("1-2"), stranger = device("1-3", 9);
  rig.set(first, stranger);
  await rig.play(async () => {
    assert.deepEqual([...rig.ports.keys()], ["1-1"]);
    assert.deepEqual(rig.watch.devices, [first, stranger]);
    await rig.step(first, second, stranger);
    assert.deepEqual([...rig.ports.keys()], ["1-1", "1-2"]);
    assert.deepEqual(rig.at("1-1").infos, [first]);
    assert.deepEqual(rig.at("1-2").infos, [second]);
  });
  assert.equal(rig.at("1-1").wasThereAtStart, true);
  assert.equal(rig.at("1-2").wasThereAtStart, false);
});

Deno.test("on a known port, every device counts; an empty one keeps the time since when", async () => {
  const rig = new Rig();
  const camera = device("1-1"), stranger = device("1-1", 9);
  rig.set(camera);
  await rig.play(async () => {
    const port = rig.at("1-1");
    assert.deepEqual([port.changedAt, port.emptySince], [1, undefined]);
    await rig.step(camera, stranger);
    assert.deepEqual(port.infos, [camera, stranger]);
    assert.equal(port.changedAt, 2);
    await rig.step(device("1-7", 9), camera, stranger);
    assert.equal(port.changedAt, 2, "nothing changed here");
    await rig.step();
    assert.deepEqual(port.infos, []);
    assert.equal(port.emptySince, rig.clock.now() - 1);
    assert.equal(port.changedAt, 4);
  });
});

Deno.test("--port: no other port is opened", async () => {
  const rig = new Rig("1-2");
  rig.set(device("1-1"), device("1-2"));
  await rig.play(async () => {
    assert.deepEqual([...rig.ports.keys()], ["1-2"]);
    assert.equal(rig.watch.devices.length, 2);
  });
});

Deno.test("the bus is looked at every half second, and at once after a change", async () => {
  const rig = new Rig();
  await rig.play(async () => {
    assert.equal(rig.lists, 1);
    await rig.clock.sleep(5_000);
    assert.equal(rig.lists, 11);
    await rig.step(device("1-1"));
    assert.equal(rig.lists, 12);
  });
});

Deno.test("a lost bus is an error; a stop is none", async () => {
  const lost = new Rig();
  lost.lost = true;
  const watching = lost.watch.run(lost.stop.signal);
  await assert.rejects(watching, { kind: "driver" });
  const both = new Rig();
  await both.clock.run(async () => {
    const watching = both.watch.run(both.stop.signal);
    await both.clock.sleep(499);
    both.lost = true;
    const failing = assert.rejects(watching, { kind: "driver" });
    await both.clock.sleep(1);
    both.stop.abort();
    await failing;
  });
  const stopped = new Rig();
  assert.deepEqual(stopped.watch.devices, []);
  stopped.stop.abort();
  await stopped.watch.run(stopped.stop.signal);
  assert.equal(stopped.lists, 0);
});

Deno.test("a device that appears elsewhere after a port emptied may have moved", async () => {
  const rig = new Rig();
  const here = device("1-1"), there = device("1-2"), free = device("1-4");
  rig.set(here, there);
  await rig.play(async () => {
    rig.at("1-2").occupiedSince = rig.at("1-2").changedAt;
    await rig.step(here, there, free);
    assert.deepEqual(await rig.elsewhere("1-1"), [], "it is not empty");
    const same = device("1-5");
    await rig.step(there, free, same);
    assert.deepEqual(await rig.elsewhere("1-1"), [], "those were there before, or came with it");
    rig.at("1-5").occupiedSince = rig.at("1-5").changedAt;
    const moved = device("1-3");
    await rig.step(there, free, same, moved);
    assert.deepEqual(await rig.elsewhere("1-1"), ["1-3"]);
    await rig.step(device("1-2"), device("1-5"), free, moved);
    assert.deepEqual(await rig.elsewhere("1-1"), ["1-3"], "cameras that restarted");
    await rig.step(free);
    const { elsewhere } = await rig.at("1-1").look(rig.stop.signal);
    assert.deepEqual(elsewhere, [], "it has left again, and nobody has looked at its port since");
  });
});

Deno.test("a run on a port can neither see nor open another one, nor close the bus", async () => {
  const rig = new Rig();
  const here = device("1-1"), there = device("1-2");
  rig.set(here, there);
  await rig.play(async () => {
    const { bus } = rig.at("1-1");
    assert.deepEqual(await bus.list(), [here]);
    await bus.open(here);
    await assert.rejects(bus.open(there), {
      kind: "bug",
      message: /run on port 1-1 tried to use the device on port 1-2/,
      data: { port: "1-1", wanted: "1-2" },
    });
    assert.deepEqual(await bus.silentPorts!(), ["1-1"]);
    rig.silent = undefined;
    assert.deepEqual(await bus.silentPorts!(), []);
    await bus.close();
    const { detectedDevices } = await rig.at("1-1").look(rig.stop.signal);
    assert.deepEqual(detectedDevices.map(({ seen }) => seen.usb), [here]);
    assert.equal(rig.at("1-1").latest, detectedDevices);
    const wait = bus.changed({ timeoutMs: 10_000, signal: rig.stop.signal });
    const began = rig.clock.now();
    rig.set(there);
    assert.equal(await wait, true);
    assert.ok(rig.clock.now() - began < 500);
    await bus.list();
    assert.equal(await bus.changed({ timeoutMs: 700, signal: rig.stop.signal }), false);
  });
});
