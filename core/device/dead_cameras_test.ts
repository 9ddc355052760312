import assert from "node:assert/strict";
import { deadCameras, SlowDevice } from "../../tests/support/transport/slow_device.ts";
import { isKind } from "../common/errors.ts";
import { VirtualClock } from "../common/virtual_clock.ts";
import type { UsbDeviceInfo } from "../transport/usb/device.ts";
import { MemoryBus } from "../transport/usb/memory.ts";
import { VirtualBus } from "../transport/usb/virtual_bus.ts";
import type { SeenDevice } from "./detected_device.ts";
import { DeviceFinder, type Recogniser } from "./finder.ts";

/** A family that recognises ST's DFU devices even without their names. */
const family: Recogniser = {
  usbIds: [{ vendorId: 0x0483, productId: 0xdf11 }],
  recognise: (seen: SeenDevice) => {
    return { familyId: "stm32", mode: "rom", seen, boardIds: ["one"], title: "An ST ROM" };
  },
};
const { signal } = new AbortController();

interface Scene {
  readonly clock: VirtualClock;
  readonly bus: VirtualBus;
  readonly finder: DeviceFinder;
  /** The ports of the devices that were opened. */
  readonly opened: string[];
}

/** Runs a scene on virtual time. */
async function play(scene: (scene: Scene) => Promise<void>): Promise<void> {
  const clock = new VirtualClock();
  await clock.run(async () => {
    const bus = new VirtualBus();
    const host = new MemoryBus(bus, clock);
    const opened: string[] = [];
    const open = host.open.bind(host);
    host.open = (info: UsbDeviceInfo) => {
      opened.push(info.portPath);
      return open(info);
    };
    await scene({ clock, bus, finder: new DeviceFinder(host, [family], clock), opened });
    await host.close();
  });
}

const EIGHT = Array.from({ length: 8 }, (_, at) => `1-${at + 2}`);

for (const [what, camera] of Object.entries(deadCameras)) {
  Deno.test(`eight dead cameras (${what}) cost one look its time budget, and later looks nothing`, () =>
    play(async ({ clock, bus, finder }) => {
      for (const port of EIGHT) bus.socket(port).attach(new SlowDevice({ clock, ...camera }));
      bus.socket("1-1").attach(new SlowDevice({ clock, answersAfterMs: 5 }));
      const look = await finder.look(signal);
      assert.equal(clock.elapsed, 500);
      assert.deepEqual(look.unusable.map(({ seen }) => seen.usb.portPath), EIGHT);
      assert.ok(look.unusable.every(({ reason }) => isKind(reason, "timeout")));
      const healthy = look.detectedDevices.find(({ seen }) => !seen.unreadable);
      assert.deepEqual([healthy?.seen.usb.portPath, healthy?.seen.serial], ["1-1", "206438605652"]);
      for (let time = 0; time < 100; time++) {
        assert.equal((await finder.look(signal)).detectedDevices.length, 9);
      }
      assert.equal(clock.elapsed, 500);
    }));

  Deno.test(`with one port requested, dead cameras on others (${what}) are recognised by their ids alone`, () =>
    play(async ({ clock, bus, finder, opened }) => {
      for (const port of EIGHT) bus.socket(port).attach(new SlowDevice({ clock, ...camera }));
      bus.socket("1-1").attach(new SlowDevice({ clock, answersAfterMs: 0 }));
      const look = await finder.look(signal, { port: "1-1" });
      assert.equal(clock.elapsed, 0);
      assert.deepEqual(opened, ["1-1"]);
      assert.equal(look.detectedDevices.length, 9);
      assert.deepEqual(look.unusable, []);
    }));
}

Deno.test("healthy devices are read at the same time: eight take as long as one", () =>
  play(async ({ clock, bus, finder }) => {
    const times: number[] = [];
    for (const port of EIGHT) {
      bus.socket(port).attach(new SlowDevice({ clock, answersAfterMs: 10 }));
      const before = clock.now();
      assert.deepEqual((await finder.look(signal)).unusable, []);
      times.push(clock.now() - before);
    }
    const before = clock.now();
    const again = new DeviceFinder(finder.bus, [family], clock);
    assert.equal((await again.look(signal)).detectedDevices.length, 8);
    assert.equal(clock.now() - before, times[0]);
  }));

Deno.test("a device that needs longer than the budget is recognised as soon as its names have arrived", () =>
  play(async ({ clock, bus, finder }) => {
    bus.socket("1-1").attach(new SlowDevice({ clock, answersAfterMs: 90 }));
    assert.equal((await finder.look(signal)).unusable.length, 1);
    await clock.sleep(300);
    const [device] = (await finder.look(signal)).detectedDevices;
    assert.deepEqual([device.seen.unreadable, device.seen.serial], [undefined, "206438605652"]);
    assert.equal(clock.elapsed, 800);
  }));

Deno.test("a device that answers again is found again, without constant requests", () =>
  play(async ({ clock, bus, finder }) => {
    const device = new SlowDevice({ clock, answersAfterMs: Infinity });
    bus.socket("1-1").attach(device);
    for (let look = 0; look < 120; look++) {
      await finder.look(signal);
      await clock.sleep(250);
    }
    assert.ok(device.asked > 3 && device.asked < 10, `${device.asked}`);
    device.answersAfterMs = 0;
    for (let look = 0; look < 120; look++) {
      await finder.look(signal);
      await clock.sleep(250);
    }
    assert.deepEqual((await finder.look(signal)).unusable, []);
  }));

Deno.test("a replugged device is asked again", () =>
  play(async ({ clock, bus, finder }) => {
    const socket = bus.socket("1-1");
    socket.attach(new SlowDevice({ clock, answersAfterMs: Infinity }));
    assert.equal((await finder.look(signal)).unusable.length, 1);
    socket.detach();
    assert.deepEqual((await finder.look(signal)).detectedDevices, []);
    socket.attach(new SlowDevice({ clock, answersAfterMs: 1 }));
    assert.deepEqual((await finder.look(signal)).unusable, []);
  }));

Deno.test("a cancelled look ends at once; the next look reads what it did not", () =>
  play(async ({ clock, bus, finder }) => {
    bus.socket("1-1").attach(new SlowDevice({ clock, answersAfterMs: 40 }));
    const stop = new AbortController();
    const look = finder.look(stop.signal);
    await clock.sleep(50);
    stop.abort();
    await assert.rejects(look, (error) => isKind(error, "cancelled"));
    assert.equal(clock.elapsed, 50);
    assert.deepEqual((await finder.look(signal)).unusable, []);
  }));
