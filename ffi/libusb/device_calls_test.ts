import assert from "node:assert/strict";
import { systemClock } from "../../core/common/clock.ts";
import type { UsbDeviceInfo } from "../../core/transport/usb/device.ts";
import { errorOf } from "../../tests/support/expected_error.ts";
import {
  CONTEXT,
  descriptorOf,
  FakeLibusb,
  HANDLE,
} from "../../tests/support/ffi/fake_libusb_functions.ts";
import { withLibraries } from "../../tests/support/ffi/fake_library.ts";
import { parseDeviceDescriptor } from "../../core/transport/usb/descriptors.ts";
import type { System } from "../native/mod.ts";
import { LibusbDevice } from "./device.ts";
import { EventPump } from "./event_pump.ts";
import { symbols } from "./symbols.ts";

const { signal } = new AbortController();
const options = { timeoutMs: 1_000, signal };
const setup = { bmRequestType: 0x21, bRequest: 7, wValue: 0x1234, wIndex: 0x5678 };
const info = {
  portPath: "1-1.3",
  descriptor: parseDeviceDescriptor(descriptorOf(0x0483, 0xDF11)),
} as UsbDeviceInfo;

/** A device that is open on a system, and its libusb with no calls yet. */
function opened(system: System = "linux", stop = new AbortController()) {
  const libusb = new FakeLibusb();
  const usb = withLibraries({ libusb }, () => Deno.dlopen("libusb", symbols).symbols);
  const closed: boolean[] = [];
  let isThere = true;
  const host = {
    usb,
    pump: new EventPump(usb, Deno.UnsafePointer.create(CONTEXT)!, "linux"),
    system,
    signal: stop.signal,
    stop: stop.signal,
    guard: {},
    isPresent: () => Promise.resolve(isThere),
    closed: (_: LibusbDevice, lost: boolean) => closed.push(lost),
  };
  const device = new LibusbDevice(host, Deno.UnsafePointer.create(HANDLE)!, info);
  const opening = libusb.calls.splice(0);
  return { libusb, device, closed, opening, host, stop, unplug: () => isThere = false };
}

Deno.test("a device's driver is detached by libusb, reports are whole on Windows only, and only Linux keeps an order", () => {
  for (const system of ["linux", "darwin", "windows"] as const) {
    const { device, opening } = opened(system);
    assert.deepEqual(opening, ["libusb_set_auto_detach_kernel_driver(4d, 1)"]);
    assert.equal(device.wholeReports, system === "windows");
    assert.equal(device.keepsOrder, system === "linux");
  }
});

Deno.test("interfaces are named in calls, and in the errors", async () => {
  const { device, libusb } = opened();
  await device.claim(2);
  await device.setAlternate(2, 3);
  await device.release(2);
  await device.release(2);
  assert.deepEqual(libusb.calls, [
    "libusb_claim_interface(4d, 2)",
    "libusb_set_interface_alt_setting(4d, 2, 3)",
    "libusb_release_interface(4d, 2)",
  ]);
  await device.claim(2);
  libusb.codes.libusb_claim_interface = -6;
  libusb.codes.libusb_set_interface_alt_setting = -5;
  libusb.codes.libusb_release_interface = -4;
  const dataOf = async (work: Promise<void>) => (await errorOf(work)).data;
  assert.deepEqual(await dataOf(device.claim(4)), {
    ...{ interface: 4, operation: "claim", code: -6, libusb: "LIBUSB_ERROR_BUSY" },
  });
  assert.deepEqual(await dataOf(device.setAlternate(4, 5)), {
    ...{ interface: 4, alternate: 5, operation: "set alternate" },
    ...{ code: -5, libusb: "LIBUSB_ERROR_NOT_FOUND" },
  });
  assert.deepEqual(await dataOf(device.release(2)), {
    ...{ interface: 2, operation: "release", code: -4, libusb: "LIBUSB_ERROR_NO_DEVICE" },
  });
});

Deno.test("a reset on macOS releases and claims again what was claimed; elsewhere libusb does", async () => {
  for (
    const [system, wanted] of [
      ["linux", ["reset_device"]],
      ["windows", ["reset_device"]],
      ["darwin", ["release_interface", "reset_device", "claim_interface"]],
    ] as const
  ) {
    const { device, libusb } = opened(system);
    await device.claim(1);
    libusb.named();
    await device.reset();
    assert.deepEqual(libusb.named(), wanted);
    libusb.codes.libusb_reset_device = -5;
    assert.equal((await errorOf(device.reset(), "disconnected")).data.operation, "reset");
    delete libusb.codes.libusb_reset_device;
    libusb.codes.libusb_claim_interface = -6;
    if (system === "darwin") await errorOf(device.reset(), "busy");
    else await device.reset();
  }
});

/** The fields of the last transfer as they are in memory, and what is in its buffer. */
function submission(libusb: FakeLibusb) {
  const transfer = [...libusb.transfers].at(-1)!;
  const view = new DataView(transfer.buffer);
  const length = view.getInt32(20, true);
  const buffer = Deno.UnsafePointer.create(view.getBigUint64(48, true))!;
  return {
    handle: view.getBigUint64(0, true),
    ...{ flags: view.getUint8(8), endpoint: view.getUint8(9), type: view.getUint8(10) },
    timeout: view.getUint32(12, true),
    callback: view.getBigUint64(32, true),
    userData: view.getBigUint64(40, true),
    packets: view.getInt32(56, true),
    bytes: new Uint8Array(Deno.UnsafePointerView.getArrayBuffer(buffer, length)).toHex(),
  };
}

const plain = { handle: HANDLE, flags: 0, callback: 0n, userData: 0n, packets: 0 };

Deno.test("what a transfer hands to libusb, byte by byte", async () => {
  const { device, libusb } = opened();
  const control = { ...plain, endpoint: 0, type: 0 }, interrupt = { ...plain, type: 3 };
  const cases: readonly [Promise<unknown> | (() => Promise<unknown>), number, object][] = [
    [() => device.controlOut(setup, Uint8Array.of(9, 8), { timeoutMs: 1.2, signal }), 2, {
      ...{ ...control, timeout: 2, bytes: "210734127856" + "0200" + "0908" },
    }],
    [() => device.controlIn(setup, 3, { timeoutMs: 0, signal }), 3, {
      ...{ ...control, timeout: 1, bytes: "a10734127856" + "0300" + "090800" },
    }],
    [() => device.interruptOut(1, Uint8Array.of(5, 6), options), 2, {
      ...{ ...interrupt, endpoint: 1, timeout: 1_000, bytes: "0506" },
    }],
    [() => device.interruptIn(1, 2, options), 2, {
      ...{ ...interrupt, endpoint: 0x81, timeout: 1_000, bytes: "0506" },
    }],
  ];
  for (const [run, length, wanted] of cases) {
    libusb.outcome = { status: 0, length };
    await (run as () => Promise<unknown>)();
    assert.deepEqual(submission(libusb), wanted);
  }
  assert.equal(libusb.transfers.size, 1, "one transfer is used again and again");
});

Deno.test("bytes that were not taken are `protocol`, with both numbers", async () => {
  const { device, libusb } = opened();
  libusb.outcome = { status: 0, length: 1 };
  const data = Uint8Array.of(1, 2, 3);
  for (
    const sent of [device.controlOut(setup, data, options), device.interruptOut(1, data, options)]
  ) {
    const error = await errorOf(sent, "protocol");
    assert.deepEqual(error.data, { sent: 1, length: 3 });
  }
});

const statuses = [
  [1, "protocol", -1],
  [2, "timeout", -7],
  [4, "stalled", -9],
  [5, "disconnected", -4],
  [6, "protocol", -8],
  [3, "protocol", -1],
] as const;

Deno.test("each status of a transfer is an error with the request; a time only where time ended", async () => {
  for (const [status, kind, code] of statuses) {
    const { device, libusb } = opened();
    libusb.outcome = { status, length: 0 };
    const error = await errorOf(device.controlIn(setup, 6, options), kind);
    assert.deepEqual([error.data.code, error.data.operation], [code, "transfer"]);
    assert.equal(error.data.timeoutMs, kind === "timeout" ? 1_000 : undefined);
    assert.deepEqual([error.data.bmRequestType, error.data.wLength], ["0xA1", 6]);
    assert.deepEqual([error.data.wValue, error.data.wIndex], [0x1234, 0x5678]);
    const { data } = await errorOf(device.interruptIn(1, 6, options), kind);
    assert.equal(data.endpoint, "0x81");
  }
});

Deno.test("an error on the wire of a device that leaves is `disconnected`; others are not asked for", async () => {
  const { device, libusb, unplug } = opened();
  libusb.outcome = { status: 1, length: 0 };
  const start = systemClock.now();
  await errorOf(device.controlIn(setup, 6, options), "protocol");
  assert.ok(systemClock.now() - start >= 240);
  unplug();
  await errorOf(device.controlIn(setup, 6, options), "disconnected");
  libusb.outcome = { status: 4, length: 0 };
  await errorOf(device.controlIn(setup, 6, options), "stalled");
});

Deno.test("a transfer that is refused or held: its error, its cancelling, and its end", async () => {
  const { device, libusb, closed } = opened();
  libusb.codes.libusb_submit_transfer = -4;
  await errorOf(device.controlIn(setup, 6, options), "disconnected");
  delete libusb.codes.libusb_submit_transfer;
  libusb.outcome = undefined;
  const stop = new AbortController();
  const held = errorOf(
    device.controlIn(setup, 6, { ...options, signal: stop.signal }),
    "cancelled",
  );
  const second = errorOf(device.controlIn(setup, 6, options), "cancelled");
  await systemClock.sleep(5);
  libusb.named();
  stop.abort();
  await held;
  assert.deepEqual(libusb.named(), ["cancel_transfer"]);
  await device.close();
  assert.match((await second).message, /was stopped|Stopped/);
  assert.deepEqual([closed, libusb.transfers.size], [[false], 0]);
});

Deno.test("a transfer that the system keeps is lost: its memory stays, and closing does not wait", async () => {
  const { device, libusb, closed } = opened();
  libusb.outcome = undefined;
  libusb.codes.libusb_cancel_transfer = 0;
  libusb.held.add("libusb_close");
  await device.claim(1);
  const stop = new AbortController();
  const start = systemClock.now();
  const held = device.controlIn(setup, 6, { timeoutMs: 60_000, signal: stop.signal });
  await systemClock.sleep(5);
  stop.abort();
  await errorOf(held, "cancelled");
  const took = systemClock.now() - start;
  assert.ok(took > 900 && took < 30_000, `${took} ms`);
  libusb.named();
  await device.close();
  assert.deepEqual([libusb.named(), closed], [["close"], [true]]);
  assert.equal(libusb.transfers.size, 1);
});

Deno.test("a transfer whose time is over, and that the system keeps, is a timeout", async () => {
  const { device, libusb } = opened();
  libusb.outcome = undefined;
  const error = await errorOf(device.controlIn(setup, 6, { timeoutMs: 10, signal }), "timeout");
  assert.deepEqual([error.data.timeoutMs, error.data.code], [10, -7]);
  libusb.outcome = { status: 0, length: 2 };
  assert.equal((await device.controlIn(setup, 2, options)).length, 2);
  assert.equal(libusb.transfers.size, 2, "the lost one is not used again");
});

Deno.test("a libusb that does not return from its events is named", async () => {
  const { device, libusb, host } = opened();
  libusb.outcome = undefined;
  libusb.held.add("libusb_handle_events_timeout_completed");
  const error = await errorOf(device.controlIn(setup, 6, { timeoutMs: 10, signal }), "timeout");
  assert.ok(host.pump.isHung);
  assert.match(
    error.message,
    /libusb_handle_events_timeout_completed for the USB device 0483:df11/,
  );
  assert.deepEqual(error.data, {
    call: "libusb_handle_events_timeout_completed",
    milliseconds: 10,
    port: "1-1.3",
  });
});

Deno.test("the end of the process closes a handle only once, and not one that is lost or in use", async () => {
  const idle = opened();
  idle.device.closeNow();
  idle.device.closeNow();
  assert.deepEqual([idle.libusb.named(), idle.closed], [["closeNow"], [false]]);
  await idle.device.close();
  assert.deepEqual(idle.libusb.named(), []);

  const busy = opened();
  busy.libusb.held.add("libusb_claim_interface");
  void busy.device.claim(0);
  busy.libusb.named();
  busy.device.closeNow();
  assert.deepEqual([busy.libusb.named(), busy.closed], [[], []]);

  const lost = opened();
  lost.libusb.held.add("libusb_release_interface");
  await lost.device.claim(0);
  const releasing = lost.device.release(0).catch(() => {});
  lost.stop.abort();
  await releasing;
  lost.libusb.named();
  lost.device.closeNow();
  assert.deepEqual([lost.libusb.named(), lost.closed], [[], []]);
});

Deno.test("closing releases what is claimed, and errors do not stop it", async () => {
  const { device, libusb, closed } = opened();
  await device.claim(1);
  await device.claim(3);
  libusb.codes.libusb_release_interface = -4;
  libusb.calls.length = 0;
  await device.close();
  assert.deepEqual(libusb.calls, [
    "libusb_release_interface(4d, 1)",
    "libusb_release_interface(4d, 3)",
    "libusb_close(4d)",
  ]);
  assert.deepEqual(closed, [false]);
  const error = await errorOf(device.claim(1), "bug");
  assert.match(
    error.message,
    /used the USB device 0483:df11 on port 1-1\.3 after it had closed it/,
  );
});

Deno.test("a transfer is submitted when libusb has taken the one before of its endpoint", async () => {
  const { device, libusb } = opened();
  libusb.held.add("libusb_submit_transfer");
  libusb.outcome = undefined;
  const sent = [1, 2, 3].map((value) => device.interruptOut(2, Uint8Array.of(value), options));
  const read = device.interruptIn(1, 1, options);
  const turn = () => new Promise((resolve) => setTimeout(resolve));
  const counts: number[] = [];
  const submits = () => libusb.named().filter((name) => name === "submit_transfer").length;
  for (let round = 0; round < 4; round++) {
    await turn();
    counts.push(submits());
    libusb.answer("libusb_submit_transfer");
  }
  assert.deepEqual(counts, [2, 1, 0, 1], "the first OUT and the IN, and then one after another");
  await turn();
  assert.equal(libusb.submitted.size, 4, "none waits for the end of another");
  libusb.end(0, 1);
  await Promise.all([...sent, read]);
});
