import assert from "node:assert/strict";
import { systemClock } from "../../core/common/clock.ts";
import { isKind, UnbrickError } from "../../core/common/errors.ts";
import type { UsbBus } from "../../core/transport/usb/device.ts";
import { errorOf } from "../../tests/support/expected_error.ts";
import { descriptorOf, FakeLibusb } from "../../tests/support/ffi/fake_libusb_functions.ts";
import { withLibraries } from "../../tests/support/ffi/fake_library.ts";
import { LibusbBus } from "./bus.ts";
import { Context } from "./context.ts";

/** Any file that exists. */
const library = import.meta.filename!;
const { signal } = new AbortController();
const rom = {
  bus: 1,
  address: 5,
  ports: [1, 3],
  speed: 3,
  descriptor: descriptorOf(0x0483, 0xDF11),
};

/** A bus with this libusb, and what happens at the end of the process. */
async function opened(libusb = new FakeLibusb(), stop?: AbortSignal) {
  const unloads: (() => void)[] = [];
  const real = globalThis.addEventListener;
  globalThis.addEventListener = (_type: string, listener: unknown) => {
    unloads.push(listener as () => void);
  };
  try {
    const context = await withLibraries({ [library]: libusb }, () => Context.open(library, stop));
    libusb.named();
    return { libusb, context, bus: new LibusbBus(context), unload: unloads[0] };
  } finally {
    globalThis.addEventListener = real;
  }
}

async function withDevice(libusb = new FakeLibusb(), stop?: AbortSignal) {
  libusb.devices.push(rom);
  const all = await opened(libusb, stop);
  const [info] = await all.bus.list();
  const device = await all.bus.open(info);
  libusb.named();
  return { ...all, info, device };
}

Deno.test("a session starts libusb, tells its version, and ends it", async () => {
  for (const hasHotplug of [true, false]) {
    const libusb = new FakeLibusb();
    libusb.hasHotplug = hasHotplug;
    const { context } = await opened(libusb);
    assert.deepEqual([context.version, context.hasHotplug], ["1.0.30", hasHotplug]);
    libusb.named();
    await context.close();
    await context.close();
    assert.deepEqual(libusb.named(), ["exit", "dlclose"]);
    assert.throws(() => context.devices(), (error) => isKind(error, "cancelled"));
  }
});

Deno.test("a libusb that does not start is closed again", async () => {
  const libusb = new FakeLibusb();
  libusb.codes.libusb_init = -1;
  const error = await errorOf(opened(libusb), "driver");
  assert.deepEqual(error.data, { operation: "start", code: -1, libusb: "LIBUSB_ERROR_IO" });
  assert.deepEqual(libusb.named(), ["init", "dlclose"]);
});

Deno.test("what a list tells, and what it leaves out", async () => {
  const libusb = new FakeLibusb();
  const speeds = [[1, "low"], [2, "full"], [3, "high"], [4, "super"], [6, "super"], [0, "unknown"]];
  for (const [speed] of speeds) {
    libusb.devices.push({ ...rom, ports: [Number(speed) + 1], speed: Number(speed) });
  }
  libusb.devices.push({ ...rom, ports: [10, 2] }, { ...rom, ports: [] }, {
    ...rom,
    ports: [1, 2, 3, 4, 5, 6, 7],
    speed: 77,
  });
  libusb.devices.push({ ...rom, ports: [9], descriptor: undefined });
  const { bus } = await opened(libusb);
  const told = (await bus.list()).map(({ portPath, speed }) => `${portPath} ${speed}`);
  assert.deepEqual(told, [
    "1-0 high",
    "1-1 unknown",
    "1-1.2.3.4.5.6.7 unknown",
    "1-2 low",
    "1-3 full",
    "1-4 high",
    "1-5 super",
    "1-7 super",
    "1-10.2 high",
  ]);
  assert.deepEqual(libusb.named().filter((name) => /list/.test(name)), ["get_device_list"]);
  await bus.close();
  assert.deepEqual(libusb.named(), ["free_device_list", "exit", "dlclose"]);
});

Deno.test("a list that the system refuses is `driver`", async () => {
  const libusb = new FakeLibusb();
  Object.assign(libusb.functions, { libusb_get_device_list: () => -99n });
  const { bus } = await opened(libusb);
  const error = await errorOf(bus.list(), "driver");
  assert.equal(error.data.operation, "list");
});

Deno.test("opening keeps the device until libusb has opened it", async () => {
  const { bus, libusb } = await opened();
  libusb.devices.push(rom);
  const [info] = await bus.list();
  libusb.named();
  const device = await bus.open(info);
  assert.deepEqual(libusb.named(), ["ref_device", "open", "unref_device"]);
  await device.close();
  assert.deepEqual(libusb.named(), ["close"]);
  libusb.codes.libusb_open = -6;
  const error = await errorOf(bus.open(info), "busy");
  assert.deepEqual([error.data.operation, error.data.code], ["open", -6]);
  assert.match(error.message, /the USB device 0483:df11 on port 1-1\.3/);
  assert.deepEqual(libusb.named(), ["ref_device", "open", "unref_device"]);
  await bus.close();
});

/** Calls that are given up, what answers late, and what then releases the result. */
const late = [
  ["libusb_get_device_list", (bus: UsbBus) => bus.list(), ["get_device_list", "free_device_list"]],
  [
    "libusb_open",
    async (bus: UsbBus) => void await bus.open((await bus.list())[0]),
    ["open", "close"],
  ],
] as const;

Deno.test("a result that comes after the wait was given up is released; the session stays", async () => {
  for (const [call, use, wanted] of late) {
    const stop = new AbortController();
    const { bus, libusb } = await opened(new FakeLibusb(), stop.signal);
    libusb.devices.push(rom);
    libusb.held.add(call);
    const using = errorOf(use(bus), "cancelled");
    await systemClock.sleep(20);
    stop.abort(new UnbrickError("cancelled", "Enough."));
    assert.equal((await using).message, "Enough.");
    libusb.held.clear();
    libusb.named();
    libusb.answer(call);
    await systemClock.sleep(5);
    assert.deepEqual(libusb.named().filter((name) => !/free/.test(name) || /list/.test(call)), [
      wanted[1],
    ]);
    await bus.close();
    // Something was lost: only the end of the process can end libusb.
    assert.ok(!libusb.named().includes("exit"), call);
  }
});

Deno.test("the end of the process closes devices, then the session", async () => {
  const { libusb, unload, device } = await withDevice();
  await device.controlIn({ bmRequestType: 0xC0, bRequest: 1, wValue: 0, wIndex: 0 }, 8, {
    timeoutMs: 100,
    signal,
  });
  libusb.named();
  unload();
  assert.deepEqual(libusb.named(), ["free_transfer", "closeNow", "exitNow"]);
  unload();
  assert.deepEqual(libusb.named(), []);
});

Deno.test("the end of the process leaves to the kernel what a thread still uses", async () => {
  const claiming = await withDevice();
  claiming.libusb.held.add("libusb_claim_interface");
  void claiming.device.claim(0).catch(() => {});
  claiming.libusb.named();
  claiming.unload();
  assert.deepEqual(claiming.libusb.named(), [], "its handle is in use");

  const listing = await opened();
  listing.libusb.held.add("libusb_get_device_list");
  void listing.context.devices().catch(() => {});
  listing.libusb.named();
  listing.unload();
  assert.deepEqual(listing.libusb.named(), [], "its context is in use");

  const waiting = await opened();
  void waiting.context.pump.round();
  waiting.unload();
  assert.deepEqual(waiting.libusb.named(), [], "a thread handles events");
});

Deno.test("after the end of a session, its listener is gone, and devices are closed first", async () => {
  const { bus, libusb, device } = await withDevice();
  await device.claim(2);
  libusb.named();
  const removed: string[] = [];
  const real = globalThis.removeEventListener;
  globalThis.removeEventListener = (type: string) => void removed.push(type);
  await bus.close().finally(() => globalThis.removeEventListener = real);
  assert.deepEqual(removed, ["unload"]);
  const names = libusb.named();
  assert.deepEqual(names, ["free_device_list", "release_interface", "close", "exit", "dlclose"]);
});

Deno.test("a session that does not end is given up, and its library stays loaded", async () => {
  const { bus, libusb } = await opened();
  libusb.held.add("libusb_exit");
  await bus.close();
  assert.deepEqual(libusb.named(), ["exit"]);
});

Deno.test("changes: with hotplug an event or an abort ends the wait, without it the bus is polled", async () => {
  for (const hasHotplug of [true, false]) {
    const libusb = new FakeLibusb();
    libusb.hasHotplug = hasHotplug;
    const { bus } = await opened(libusb);
    await bus.list();
    libusb.calls.length = 0;
    const waiting = bus.changed({ timeoutMs: 260, signal });
    assert.equal(await waiting, false);
    const rounds = libusb.calls.filter((call) => /handle_events/.test(call)).length;
    assert.equal(rounds > 0, hasHotplug);
    const looks = libusb.named().filter((name) => name === "get_device_list").length;
    assert.ok(looks >= 2 && looks < 12, `${looks} looks`);
    const stop = new AbortController();
    const stopped = bus.changed({ timeoutMs: 60_000, signal: stop.signal });
    await systemClock.sleep(10);
    libusb.calls.length = 0;
    stop.abort();
    await errorOf(stopped, "cancelled");
    const isWoken = libusb.calls.some((call) => /interrupt_event_handler/.test(call));
    assert.equal(isWoken, hasHotplug);
    await bus.close();
  }
});

Deno.test("a new device gets time for its rights, one that was there does not, nor other errors", async () => {
  const { bus, libusb } = await opened();
  libusb.devices.push(rom);
  const [old] = await bus.list();
  const tries = async (code: number, info = old) => {
    libusb.codes.libusb_open = code;
    libusb.named();
    setTimeout(() => delete libusb.codes.libusb_open, 80);
    const error = await bus.open(info).then((device) => device.close(), (error) => error);
    return [isKind(error, "permission"), libusb.named().filter((name) => name === "open").length];
  };
  assert.deepEqual(await tries(-3), [true, 1]);
  await systemClock.sleep(90);
  libusb.devices.push({ ...rom, address: 6, ports: [2] });
  const added = (await bus.list())[1];
  const [isRefused, opens] = await tries(-3, added);
  assert.equal(isRefused, false);
  assert.ok(Number(opens) > 1);
  await systemClock.sleep(90);
  assert.deepEqual(await tries(-6, added), [false, 1]);
  libusb.devices.pop();
  await bus.list();
  assert.equal((await errorOf(bus.open(added), "disconnected")).data.portPath, "1-2");
});

Deno.test("a device of an older list is found by its bus, address, port and ids, and by nothing less", async () => {
  const { bus, libusb } = await opened();
  libusb.devices.push(rom);
  const [old] = await bus.list();
  const again = async (device: typeof rom) => {
    libusb.firstDevice += 0x10n; // libusb has made new objects
    libusb.devices[0] = device;
    await bus.list();
    return await bus.open(old).then((device) => device.close(), (error) => error.kind);
  };
  assert.equal(await again({ ...rom }), undefined);
  for (
    const other of [
      { bus: 2 },
      { address: 6 },
      { ports: [1, 4] },
      { descriptor: descriptorOf(0x0484, 0xDF11) },
      { descriptor: descriptorOf(0x0483, 0xDF12) },
    ]
  ) {
    assert.equal(await again({ ...rom, ...other }), "disconnected", JSON.stringify(other));
  }
  assert.equal(await again(rom), undefined);
});

Deno.test("a wait that is shorter than a round of events sleeps instead", async () => {
  const { bus, libusb } = await opened();
  await bus.list();
  libusb.calls.length = 0;
  assert.equal(await bus.changed({ timeoutMs: 30, signal }), false);
  assert.ok(!libusb.calls.some((call) => /handle_events/.test(call)));
});
