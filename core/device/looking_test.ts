import assert from "node:assert/strict";
import { errorOf } from "../../tests/support/expected_error.ts";
import { type ErrorKind, UnbrickError } from "../common/errors.ts";
import { VirtualClock } from "../common/virtual_clock.ts";
import { DeviceDescriptor } from "../transport/usb/descriptors.ts";
import type { UsbBus, UsbDevice, UsbDeviceInfo } from "../transport/usb/device.ts";
import type { CameraAccess, SessionKind } from "./camera_access.ts";
import type { DetectedDevice } from "./detected_device.ts";
import { DeviceReading } from "./device_reading.ts";
import { isInteresting, type Recogniser } from "./finder.ts";
import { HeldSession } from "./held_session.ts";
import { type LookOptions, type LookResult, lookUntil } from "./look_until.ts";
import { connectionKey } from "./name_reader.ts";
import { waitGone } from "./wait_gone.ts";

const { signal } = new AbortController();
const failure = (kind: ErrorKind, data = {}) => new UnbrickError(kind, `${kind}.`, data);

const descriptor = DeviceDescriptor.decode(
  Uint8Array.of(18, 1, 0, 2, 0, 0, 0, 64, 0x83, 4, 0x11, 0xDF, 0, 0x22, 1, 2, 3, 1),
);
const info: UsbDeviceInfo = {
  ...{ bus: 1, address: 5, portPath: "1-1.3", speed: "full", descriptor, configurations: [] },
};

/** Runs `work` on virtual time. @returns what it returned, and the time that it took, ms */
async function timed<T>(work: (clock: VirtualClock) => Promise<T>): Promise<[T, number]> {
  const clock = new VirtualClock();
  const result = await clock.run(() => work(clock));
  return [result, clock.elapsed];
}

/** A bus on which nothing changes, and how long it was waited for, each time. */
function quietBus(clock: VirtualClock) {
  const waits: number[] = [];
  const bus = {
    changed: async ({ timeoutMs }: { timeoutMs: number }) => {
      waits.push(timeoutMs);
      await clock.sleep(timeoutMs);
      return false;
    },
  };
  return { bus, waits };
}

/** Looks with these results, the last one again and again. */
function looking(
  results: readonly LookResult<string>[],
  options: Partial<LookOptions> = {},
  deadlineMs = 10_000,
) {
  const waits: number[] = [];
  const run = timed(async (clock) => {
    const quiet = quietBus(clock);
    let at = 0;
    const start = clock.now();
    try {
      return await lookUntil(
        () => Promise.resolve(results[Math.min(at++, results.length - 1)]),
        {
          ...{ bus: quiet.bus, clock, signal, until: () => start + deadlineMs },
          makeTimeout: () => failure("timeout"),
          ...options,
        },
      ).catch((error: UnbrickError) => error.kind);
    } finally {
      waits.push(...quiet.waits);
    }
  });
  return { run, waits };
}

Deno.test("looking: every 250 ms, until something is there, even if it is nothing much", async () => {
  const found = looking([{}, {}, { found: "" }]);
  assert.deepEqual(await found.run, ["", 500]);
  assert.deepEqual(found.waits, [250, 250]);
  const slow = looking([{}, { found: "a" }], { intervalMs: 1_000 });
  assert.deepEqual(await slow.run, ["a", 1_000]);
});

Deno.test("looking ends at its deadline, with a last short wait; without one or its error it goes on", async () => {
  const limited = looking([{}], {}, 600);
  assert.deepEqual(await limited.run, ["timeout", 600]);
  assert.deepEqual(limited.waits, [250, 250, 100]);
  assert.deepEqual(await looking([{}], {}, 0).run, ["timeout", 0]);
  const many = [...Array(100).fill({}), { found: "late" }];
  assert.deepEqual(await looking(many, { until: undefined }).run, ["late", 25_000]);
});

Deno.test("a reason that lasts two seconds ends looking, or is told; a shorter one does not", async () => {
  const blocked = failure("busy");
  const always = looking([{ blocked }]);
  assert.deepEqual(await always.run, ["busy", 2_000]);
  const pause = [...Array(7).fill({ blocked }), {}, ...Array(7).fill({ blocked }), { found: "a" }];
  assert.deepEqual(await looking(pause).run, ["a", 15 * 250]);
  const told: UnbrickError[] = [];
  const onBlocked = (reason: UnbrickError) => void told.push(reason);
  const patient = looking([...Array(10).fill({ blocked }), { found: "b" }], { onBlocked });
  assert.deepEqual(await patient.run, ["b", 2_500]);
  assert.deepEqual(told, [blocked, blocked]);
  // While something is blocked, looks are at least as frequent as usual.
  const waits = looking([{}, { blocked }, { found: "c" }], { intervalMs: 1_000 });
  await waits.run;
  assert.deepEqual(waits.waits, [1_000, 250]);
});

Deno.test("a device is gone when neither its bus, address nor port are on the bus together", async () => {
  for (
    const [other, isGone] of [
      [{}, false],
      [{ bus: 2 }, true],
      [{ address: 6 }, true],
      [{ portPath: "1-2" }, true],
    ] as const
  ) {
    const [kind, took] = await timed((clock) => {
      const bus = {
        ...quietBus(clock).bus,
        list: () => Promise.resolve([{ ...info, address: 9 }, { ...info, ...other }]),
      } as unknown as UsbBus;
      return waitGone(info, { bus, clock, signal }, 700)
        .then(() => "gone", (error) => (assert.deepEqual(error.data, {
          port: "1-1.3",
          milliseconds: 700,
        }),
          error.kind));
    });
    assert.deepEqual([kind, took], isGone ? ["gone", 0] : ["timeout", 700]);
  }
});

/** A bus whose device fails like this, and what has happened. */
function failingBus(outcomes: (UnbrickError | undefined)[]) {
  const happened: string[] = [];
  const device = {
    info,
    controlIn: () => Promise.reject(failure("stalled")), // no name can be read
    close: () => Promise.resolve(void happened.push("close")),
  } as unknown as UsbDevice;
  const bus = {
    open: () => {
      happened.push("open");
      const outcome = outcomes.length > 1 ? outcomes.shift() : outcomes[0];
      return outcome ? Promise.reject(outcome) : Promise.resolve(device);
    },
  } as unknown as UsbBus;
  return { bus, happened };
}

Deno.test("what a failed reading of names means: who is asked again, and when", async () => {
  for (const kind of ["permission", "busy", "driver"] as const) {
    const { bus, happened } = failingBus([failure(kind)]);
    await timed(async (clock) => {
      const reading = new DeviceReading(bus, info, clock);
      for (let look = 0; look < 2; look++) {
        await reading.next(signal);
        assert.equal(reading.result()?.unreadable?.kind, kind);
      }
    });
    assert.deepEqual(happened, ["open", "open"], "each look tries again");
  }
  await timed(async (clock) => {
    const reading = new DeviceReading(failingBus([failure("disconnected")]).bus, info, clock);
    await reading.next(signal);
    assert.equal(reading.result(), undefined);
    const cancelled = new DeviceReading(failingBus([failure("cancelled")]).bus, info, clock);
    await cancelled.next(signal);
    assert.equal(cancelled.result(), undefined);
    const defect = new DeviceReading(failingBus([failure("bug")]).bus, info, clock);
    await defect.next(signal);
    assert.throws(() => defect.result(), { kind: "bug" });
  });
});

Deno.test("a device that does not answer is asked again after 0, 1, 2, 4 … seconds, and not waited for", async () => {
  const { bus, happened } = failingBus([failure("timeout")]);
  const asked: number[] = [];
  await timed(async (clock) => {
    const reading = new DeviceReading(bus, info, clock);
    for (let look = 0; look < 80; look++) {
      const before = happened.length, work = reading.next(signal);
      assert.equal(work === undefined, look > 0);
      await clock.sleep(100);
      if (happened.length > before) asked.push(look / 10);
      const { unreadable } = reading.result()!;
      assert.equal(unreadable!.message, "The USB device 0483:df11 on port 1-1.3 does not answer.");
      assert.deepEqual(unreadable!.data, { port: "1-1.3", isSilent: true });
    }
  });
  assert.deepEqual(asked, [0, 0.1, 1.1, 3.1, 7.1]);
});

Deno.test("an answer ends the waiting; a hanging call is told as it is", async () => {
  const call = failure("timeout", { call: "libusb_open" });
  const { bus, happened } = failingBus([call, undefined]);
  await timed(async (clock) => {
    const reading = new DeviceReading(bus, info, clock);
    await reading.next(signal);
    assert.equal(reading.result()?.unreadable, call);
    void reading.next(signal);
    await clock.sleep(10);
    assert.equal(reading.result()?.unreadable, undefined);
    assert.equal(reading.result()?.usb, info);
    assert.equal(reading.next(signal), undefined);
  });
  assert.deepEqual(happened, ["open", "open", "close"]);
});

Deno.test("a session stays open for its kind and its connection only, and is closed after an error", async () => {
  const happened: string[] = [];
  const camera = (clock: VirtualClock, refusals: UnbrickError[] = []) =>
    ({
      clock,
      signal,
      usb: {
        ...quietBus(clock).bus,
        open: ({ address }: UsbDeviceInfo) => {
          const refusal = refusals.shift();
          if (refusal) return Promise.reject(refusal);
          happened.push(`open ${address}`);
          return Promise.resolve({ close: () => Promise.resolve(void happened.push("close")) });
        },
      },
    }) as unknown as CameraAccess;
  const kind = (name: string, isBad = false): SessionKind<string> => ({
    modes: ["rom"],
    name,
    start: () => isBad ? Promise.reject(failure("protocol")) : Promise.resolve(name),
  });
  const at = (address: number) => ({ seen: { usb: { ...info, address } } }) as DetectedDevice;
  const [one, two, bad] = [kind("one"), kind("two"), kind("bad", true)];
  const echo = (name: string) => Promise.resolve(name);
  const happenedSince = () => happened.splice(0).join(", ");
  await timed(async (clock) => {
    const held = new HeldSession(camera(clock));
    assert.deepEqual([await held.use(at(1), one, echo), await held.use(at(1), one, echo)], [
      ...["one", "one"],
    ]);
    assert.equal(happenedSince(), "open 1");
    assert.equal(await held.use(at(1), two, echo), "two");
    assert.equal(happenedSince(), "close, open 1");
    await held.use(at(2), two, echo);
    assert.equal(happenedSince(), "close, open 2");
    await errorOf(held.use(at(2), two, () => Promise.reject(failure("stalled"))), "stalled");
    assert.equal(happenedSince(), "close");
    await errorOf(held.use(at(2), bad, echo), "protocol");
    assert.equal(happenedSince(), "open 2, close");
    await held.close();
    await held.close();
    assert.equal(happenedSince(), "");
  });
  for (const reason of ["permission", "driver", "busy"] as const) {
    const [, took] = await timed((clock) =>
      new HeldSession(camera(clock, Array(3).fill(failure(reason)))).use(at(1), one, echo)
    );
    assert.equal(took, 150, "Windows attaches HID late");
  }
  await timed((clock) =>
    errorOf(new HeldSession(camera(clock, [failure("stalled")])).use(at(1), one, echo), "stalled")
  );
});

Deno.test("a connection is another one if its port, bus, address, ids or names are", () => {
  const names = (iInterface: number) =>
    ({ configurations: [{ interfaces: [{ iInterface }] }] }) as unknown as Partial<UsbDeviceInfo>;
  const keys = [
    info,
    { ...info, portPath: "1-1.4" },
    { ...info, bus: 2 },
    { ...info, address: 6 },
    { ...info, descriptor: { ...descriptor, bcdDevice: 1 } },
    { ...info, ...names(4) },
    { ...info, ...names(5) },
  ].map(connectionKey);
  assert.equal(new Set(keys).size, keys.length);
  assert.equal(connectionKey({ ...info }), keys[0]);
});

Deno.test("a device is looked at if a family knows its vendor, and its product where one is named", () => {
  const family = (usbIds: Recogniser["usbIds"]) => ({ usbIds }) as Recogniser;
  const rows = [
    [[], false],
    [[{ vendorId: 0x0483 }], true],
    [[{ vendorId: 0x0484 }], false],
    [[{ vendorId: 0x0483, productId: 0xDF11 }], true],
    [[{ vendorId: 0x0483, productId: 0xDF12 }], false],
    [[{ vendorId: 0x0484, productId: 0xDF11 }], false],
    [[{ vendorId: 1 }, { vendorId: 0x0483, productId: 0xDF11 }], true],
  ] as const;
  for (const [usbIds, isKnown] of rows) {
    assert.equal(isInteresting(info, [family([]), family(usbIds)]), isKnown);
  }
});
