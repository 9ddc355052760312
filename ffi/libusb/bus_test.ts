import assert from "node:assert/strict";
import { isKind, UnbrickError } from "../../core/common/errors.ts";
import type { UsbDeviceInfo } from "../../core/transport/usb/device.ts";
import { LibusbBus } from "./bus.ts";
import { Context } from "./context.ts";
import {
  configuration,
  deviceDescriptor,
  type Fake,
  ON,
  openFake,
} from "../../tests/support/ffi/fake_libusb.ts";

const variants = {
  hotplug: await openFake("hotplug"),
  polled: await openFake("polled"),
};
const signal = new AbortController().signal;

function plug(fake: Fake): number {
  return fake.fake_plug(0, 4, 3, deviceDescriptor, configuration, BigInt(configuration.length));
}

const failure = (work: Promise<unknown>) => work.then(() => undefined, (error) => error);

for (const [variant, fake] of Object.entries(variants)) {
  const test = (name: string, work: (bus: LibusbBus, fake: Fake) => Promise<void>) =>
    Deno.test({
      name: `${variant}: ${name}`,
      ignore: fake === undefined,
      fn: async () => {
        const before = fake!.alive();
        const bus = new LibusbBus(await Context.open(fake!.file));
        try {
          await work(bus, fake!);
        } finally {
          await bus.close();
        }
        assert.deepEqual(fake!.alive(), before);
      },
    });

  test("hubs are listed by their port path", async (bus) => {
    assert.deepEqual((await bus.list()).map((info) => info.portPath), ["1-0", "1-1"]);
  });

  test("an arrival and a departure are noticed within 250 ms", async (bus, fake) => {
    /** The fastest of at most 20, so that a busy machine has no effect. */
    const delays = { arrival: Infinity, departure: Infinity };
    const noticed = async (what: keyof typeof delays, act: () => void) => {
      let start = 0;
      setTimeout(() => {
        act();
        start = performance.now();
      }, 130);
      assert.equal(await bus.changed({ timeoutMs: 20_000, signal }), true);
      delays[what] = Math.min(delays[what], performance.now() - start);
    };
    const isSlow = () => delays.arrival >= 250 || delays.departure >= 250;
    for (let time = 0; time < 20 && isSlow(); time++) {
      await bus.list();
      let address = 0;
      await noticed("arrival", () => address = plug(fake));
      const arrived = (await bus.list()).find((info) => info.address === address);
      assert.equal(arrived?.portPath, "1-4");
      assert.equal(arrived?.speed, "high");
      await noticed("departure", () => fake.fake_unplug(address));
      assert.equal((await bus.list()).length, 2);
    }
    assert.ok(!isSlow(), JSON.stringify(delays));
  });

  test("a change before the call is not missed", async (bus, fake) => {
    await bus.list();
    const address = plug(fake);
    assert.equal(await bus.changed({ timeoutMs: 1, signal }), true);
    assert.equal(await bus.changed({ timeoutMs: 1, signal }), true);
    await bus.list();
    fake.fake_unplug(address);
    assert.equal(await bus.changed({ timeoutMs: 1, signal }), true);
  });

  test("a device that left and came back is a change", async (bus, fake) => {
    const first = plug(fake);
    await bus.list();
    fake.fake_unplug(first);
    const second = plug(fake);
    assert.equal(await bus.changed({ timeoutMs: 1, signal }), true);
    fake.fake_unplug(second);
  });

  test("waiting without a change ends at the deadline, or at an abort", async (bus) => {
    await bus.list();
    const start = performance.now();
    assert.equal(await bus.changed({ timeoutMs: 230, signal }), false);
    assert.ok(performance.now() - start >= 225);

    const stop = new AbortController();
    setTimeout(() => stop.abort(), 60);
    const error = await failure(bus.changed({ timeoutMs: 600_000, signal: stop.signal }));
    assert.ok(isKind(error, "cancelled"));
    assert.ok(performance.now() - start < 60_000);
  });

  test("a device of an older list can be opened, unless it has left", async (bus, fake) => {
    const address = plug(fake);
    const info = (await bus.list()).find((info) => info.address === address)!;
    await bus.list();
    const device = await bus.open(info);
    assert.equal(device.info.portPath, info.portPath);
    await device.close();
    fake.fake_unplug(address);
    assert.ok(isKind(await failure(bus.open(info)), "disconnected"));
    await bus.list();
    assert.ok(isKind(await failure(bus.open(info)), "disconnected"));
  });

  test("udev gets time to give the user his rights to a new device", async (bus, fake) => {
    const [hub] = await bus.list();
    fake.fake_fail(ON.OPEN, -3, 1);
    const error = await failure(bus.open(hub));
    assert.ok(isKind(error, "permission"), String(error));
    assert.match(error.message, /1d6b:0002 on port 1-0/);

    const address = plug(fake);
    const info = (await bus.list()).find((info) => info.address === address)!;
    fake.fake_fail(ON.OPEN, -3, 3);
    await (await bus.open(info)).close();
    fake.fake_unplug(address);
  });

  Deno.test({
    name: `${variant}: a library that does not start says why`,
    ignore: fake === undefined,
    fn: async () => {
      fake!.fake_fail(ON.INIT, -12, 1);
      const error = await failure(Context.open(fake!.file));
      assert.ok(isKind(error, "driver"));
      assert.equal(error.data.operation, "start");
    },
  });
}

Deno.test("a file that is not a libusb library is refused", async () => {
  const missing = await failure(Context.open("no-such-file.so"));
  assert.ok(isKind(missing, "not-found"), String(missing));
  const file = await Deno.makeTempFile();
  await Deno.writeTextFile(file, "not a library");
  const error = await failure(Context.open(file));
  await Deno.remove(file);
  assert.ok(error instanceof UnbrickError && error.kind === "driver");
});

Deno.test({
  name: "a guard checks a device before it is opened, and before it is claimed",
  ignore: variants.hotplug === undefined,
  fn: async () => {
    const fake = variants.hotplug!;
    const address = plug(fake);
    const busy = new UnbrickError("busy", "Another program holds it.");
    for (const before of ["beforeOpen", "beforeClaim"] as const) {
      const seen: number[] = [];
      const guard = {
        [before]: (info: UsbDeviceInfo) => {
          seen.push(info.address);
          return Promise.reject(busy);
        },
      };
      const bus = new LibusbBus(await Context.open(fake.file), guard);
      const info = (await bus.list()).find((info) => info.address === address)!;
      const claimed = bus.open(info).then((device) => device.claim(0));
      assert.equal(await failure(claimed), busy);
      assert.deepEqual(seen, [address]);
      await bus.close();
      assert.equal(fake.alive().claims, 0);
    }
    fake.fake_unplug(address);
  },
});
