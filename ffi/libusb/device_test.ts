import assert from "node:assert/strict";
import { isKind, UnbrickError } from "../../core/common/errors.ts";
import { parseConfiguration } from "../../core/transport/usb/descriptors.ts";
import type { ControlSetup, UsbDevice } from "../../core/transport/usb/device.ts";
import { LibusbBus } from "./bus.ts";
import { Context } from "./context.ts";
import { controlDataLimit } from "./device.ts";
import {
  configuration,
  deviceDescriptor,
  type Fake,
  ON,
  openFake,
  REQUEST,
} from "../../tests/support/ffi/fake_libusb.ts";
import { errorOf } from "../../tests/support/expected_error.ts";

const fake = await openFake("hotplug");
const ignore = fake === undefined;
const options = { timeoutMs: 2000, signal: new AbortController().signal };

const setup = (bRequest: number, wValue = 0): ControlSetup => ({
  bmRequestType: 0x40,
  bRequest,
  wValue,
  wIndex: 0,
});

/** Plugs a device into the hub, opens it, and afterwards checks that nothing is left open. */
function withDevice(
  name: string,
  work: (device: UsbDevice, fake: Fake, address: number) => Promise<void>,
): void {
  Deno.test({
    name,
    ignore,
    fn: async () => {
      const before = fake!.alive();
      const address = plug(fake!);
      const bus = new LibusbBus(await Context.open(fake!.file));
      try {
        const info = (await bus.list()).find((device) => device.address === address);
        const device = await bus.open(info!);
        try {
          await work(device, fake!, address);
        } finally {
          await device.close();
          await device.close();
        }
      } finally {
        await bus.close();
        await bus.close();
        fake!.fake_unplug(address);
      }
      assert.deepEqual(fake!.alive(), before);
    },
  });
}

function plug(fake: Fake): number {
  const length = BigInt(configuration.length);
  return fake.fake_plug(1, 3, 2, deviceDescriptor, configuration, length);
}

withDevice("what is known of a device without opening it", async (device) => {
  const { info } = device;
  assert.equal(info.bus, 1);
  assert.equal(info.portPath, "1-1.3");
  assert.equal(info.speed, "full");
  assert.equal(info.descriptor.idVendor, 0x0483);
  assert.equal(info.descriptor.idProduct, 0xdf11);
  assert.equal(info.descriptor.bcdDevice, 0x2200);
  assert.deepEqual(info.configurations, [parseConfiguration(configuration)]);
  assert.equal(info.configurations[0].interfaces.length, 4);
});

withDevice("control transfers move up to 4096 bytes each way", async (device) => {
  const data = Uint8Array.from({ length: 4096 }, (_, index) => index * 7 & 0xff);
  for (const length of [0, 1, 64, 2048, 4096]) {
    await device.controlOut(setup(REQUEST.STORE), data.subarray(0, length), options);
    const read = await device.controlIn(setup(REQUEST.LOAD), length, options);
    assert.deepEqual(read, data.subarray(0, length));
  }
});

withDevice(
  "control transfers that are started together reach the device in their order",
  async (device) => {
    for (let round = 0; round < 20; round++) {
      const writes = [1, 2, 3].map((value) =>
        device.controlOut(setup(REQUEST.STORE), Uint8Array.of(value), options)
      );
      const refused = errorOf(device.controlIn(setup(REQUEST.REFUSE), 6, options), "stalled");
      const read = device.controlIn(setup(REQUEST.LOAD), 8, options);
      const last = device.controlOut(setup(REQUEST.STORE), Uint8Array.of(4), options);
      await Promise.all([...writes, refused, last]);
      assert.deepEqual(await read, Uint8Array.of(3));
    }
  },
);

withDevice("closing also ends a transfer that is not submitted yet", async (device) => {
  const never = { ...options, timeoutMs: 60_000 };
  const held = [1, 2, 3].map(() =>
    errorOf(device.controlIn(setup(REQUEST.HOLD), 6, never), "cancelled")
  );
  await device.close();
  await Promise.all(held);
});

withDevice("a short answer is what arrived, and no part of an older one", async (device) => {
  await device.controlOut(setup(REQUEST.STORE), new Uint8Array(100).fill(1), options);
  await device.controlIn(setup(REQUEST.LOAD), 100, options);
  await device.controlOut(setup(REQUEST.STORE), Uint8Array.of(2, 3), options);
  assert.deepEqual(await device.controlIn(setup(REQUEST.LOAD), 64, options), Uint8Array.of(2, 3));
});

withDevice("whatever else waits in the program gets its turn between transfers", async (device) => {
  let hadItsTurn = false;
  const timer = setTimeout(() => hadItsTurn = true, 1);
  for (let count = 0; count < 100_000 && !hadItsTurn; count++) {
    await device.controlOut(setup(REQUEST.STORE), Uint8Array.of(1), options);
  }
  clearTimeout(timer);
  assert.ok(hadItsTurn);
});

withDevice("data that came in stays when the next transfer runs", async (device) => {
  await device.controlOut(setup(REQUEST.STORE), Uint8Array.of(1), options);
  const first = await device.controlIn(setup(REQUEST.LOAD), 8, options);
  await device.controlOut(setup(REQUEST.STORE), Uint8Array.of(2), options);
  const second = await device.controlIn(setup(REQUEST.LOAD), 8, options);
  assert.deepEqual([first[0], second[0]], [1, 2]);
});

withDevice("more than the operating systems move is refused at once", async (device) => {
  const data = new Uint8Array(controlDataLimit + 1);
  await errorOf(device.controlOut(setup(REQUEST.STORE), data, options), "bug");
  await errorOf(device.controlIn(setup(REQUEST.LOAD), data.length, options), "bug");
});

withDevice("a refused request is `stalled`, and the next one works", async (device) => {
  const error = await errorOf(device.controlIn(setup(REQUEST.REFUSE), 6, options), "stalled");
  assert.equal(error.data.libusb, "LIBUSB_ERROR_PIPE");
  assert.equal(error.data.bRequest, REQUEST.REFUSE);
  await device.controlOut(setup(REQUEST.STORE), Uint8Array.of(9), options);
});

withDevice("too much data, or too little taken, is `protocol`", async (device) => {
  await errorOf(device.controlIn(setup(REQUEST.OVERFLOW), 6, options), "protocol");
  const half = device.controlOut(setup(REQUEST.HALF), new Uint8Array(10), options);
  assert.deepEqual((await errorOf(half, "protocol")).data, { sent: 5, length: 10 });
});

withDevice("a held transfer ends at its timeout", async (device, fake) => {
  const start = performance.now();
  const held = device.controlIn(setup(REQUEST.HOLD), 6, { ...options, timeoutMs: 50 });
  const error = await errorOf(held, "timeout");
  assert.ok(performance.now() - start >= 45);
  assert.equal(error.data.timeoutMs, 50);
  assert.equal(fake.alive().transfers, 0);
});

withDevice("an abort ends a held transfer at once", async (device, fake) => {
  const stop = new AbortController();
  const held = device.controlIn(setup(REQUEST.HOLD), 6, {
    timeoutMs: 600_000,
    signal: stop.signal,
  });
  while (fake.alive().transfers === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  stop.abort(new UnbrickError("cancelled", "Enough."));
  const error = await errorOf(held, "cancelled");
  assert.equal(error.message, "Enough.");
  assert.equal(fake.alive().transfers, 0, "returned by the system, not given up by us");
  await device.controlOut(setup(REQUEST.STORE), Uint8Array.of(1), options);
});

withDevice("an abort in the very moment of the submission is not lost", async (device, fake) => {
  for (let index = 0; index < 20; index++) {
    const stop = new AbortController();
    const held = device.controlIn(setup(REQUEST.HOLD), 6, {
      timeoutMs: 60_000,
      signal: stop.signal,
    });
    stop.abort();
    await errorOf(held, "cancelled");
  }
  await errorOf(
    device.controlIn(setup(REQUEST.HOLD), 6, { timeoutMs: 9, signal: AbortSignal.abort() }),
    "cancelled",
  );
  assert.equal(fake.alive().transfers, 0);
});

withDevice("a refused submission tells its reason", async (device) => {
  await errorOf(device.controlIn(setup(REQUEST.NOT_SUBMITTED, 4), 6, options), "disconnected");
  await errorOf(device.controlIn(setup(REQUEST.NOT_SUBMITTED, 2), 6, options), "bug");
});

withDevice("an error on the wire is `protocol` while the device stays", async (device) => {
  await errorOf(device.controlIn(setup(REQUEST.BREAK), 6, options), "protocol");
});

withDevice("and `disconnected` when it is about to leave", async (device) => {
  await errorOf(device.controlIn(setup(REQUEST.BREAK_AND_LEAVE, 80), 6, options), "disconnected");
});

withDevice("pulling the plug ends a held transfer", async (device, fake, address) => {
  const held = device.controlIn(setup(REQUEST.HOLD), 6, { ...options, timeoutMs: 60_000 });
  while (fake.alive().transfers === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  fake.fake_unplug(address);
  await errorOf(held, "disconnected");
  await errorOf(device.controlIn(setup(REQUEST.LOAD), 6, options), "disconnected");
});

withDevice("transfers run side by side", async (device) => {
  const data = Uint8Array.of(1, 2, 3);
  await device.controlOut(setup(REQUEST.STORE), data, options);
  const late = Array.from(
    { length: 8 },
    (_, index) => device.controlIn(setup(REQUEST.LATE, 20 + index * 5), 3, options),
  );
  assert.deepEqual(await device.controlIn(setup(REQUEST.LOAD), 3, options), data);
  for (const read of await Promise.all(late)) assert.deepEqual(read, data);
});

withDevice("interrupt transfers", async (device) => {
  await errorOf(device.interruptIn(1, 64, options), "protocol"); // not claimed
  await device.claim(1);
  const report = Uint8Array.from({ length: 37 }, (_, index) => index);
  const waiting = device.interruptIn(1, 64, options);
  await device.interruptOut(1, report, options);
  assert.deepEqual(await waiting, report);
  await errorOf(device.interruptIn(1, 64, { ...options, timeoutMs: 30 }), "timeout");
  await device.interruptOut(1, report, options);
  assert.deepEqual(await device.interruptIn(0x81, 64, options), report);
});

withDevice(
  "claiming takes a driver of the system away until the release",
  async (device, fake, address) => {
    fake.fake_bind_driver(address);
    await device.claim(0);
    assert.equal(fake.fake_driver_bound(address), 2);
    await device.release(0);
    await device.release(0);
    assert.equal(fake.fake_driver_bound(address), 1);
    await errorOf(device.claim(7), "protocol");
    fake.fake_fail(ON.CLAIM, -6, 1);
    await errorOf(device.claim(0), "busy");
  },
);

withDevice("alternate setting and reset", async (device, fake, address) => {
  await device.claim(0);
  await device.setAlternate(0, 2);
  assert.equal(fake.fake_alternate(address), 2);
  await device.reset();
  fake.fake_fail(ON.RESET, -5, 1);
  await errorOf(device.reset(), "disconnected");
});

withDevice("close ends what runs, releases interfaces, and refuses more", async (device, fake) => {
  await device.claim(0);
  const held = device.controlIn(setup(REQUEST.HOLD), 6, { ...options, timeoutMs: 60_000 });
  const failed = errorOf(held, "cancelled");
  await device.close();
  await failed;
  const { handles, claims, transfers } = fake.alive();
  assert.deepEqual({ handles, claims, transfers }, { handles: 0, claims: 0, transfers: 0 });
  await errorOf(device.claim(0), "bug");
});

Deno.test({
  name: "closing the bus closes the devices that are open",
  ignore,
  fn: async () => {
    const before = fake!.alive();
    const address = plug(fake!);
    const bus = new LibusbBus(await Context.open(fake!.file));
    const device = await bus.open((await bus.list()).find((info) => info.address === address)!);
    await device.claim(0);
    const failed = errorOf(
      device.controlIn(setup(REQUEST.HOLD), 6, { ...options, timeoutMs: 60_000 }),
      "cancelled",
    );
    await bus.close();
    await failed;
    assert.ok(!isKind(await bus.list().catch((error) => error), "bug"));
    fake!.fake_unplug(address);
    assert.deepEqual(fake!.alive(), before);
  },
});
