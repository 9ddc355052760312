import assert from "node:assert/strict";
import { systemClock } from "../../core/common/clock.ts";
import type { UsbDeviceInfo } from "../../core/transport/usb/device.ts";
import { LibusbDevice } from "./device.ts";
import { DeviceList } from "./device_list.ts";
import { EventPump } from "./event_pump.ts";
import type { Symbols } from "./symbols.ts";

/** A call that never returns. */
const hang = () => new Promise<never>(() => {});
const handle = {} as Deno.PointerObject;

Deno.test("a handle that a thread still uses is not closed: that would destroy the lock it holds", async () => {
  for (const hanging of ["libusb_claim_interface", "libusb_release_interface"]) {
    const closed: string[] = [];
    const usb = {
      libusb_set_auto_detach_kernel_driver: () => 0,
      libusb_claim_interface: () => Promise.resolve(0),
      libusb_release_interface: () => Promise.resolve(0),
      libusb_close: () => (closed.push(hanging), Promise.resolve()),
      [hanging]: hang,
    } as unknown as Symbols;
    const stop = new AbortController();
    const host = {
      usb,
      pump: new EventPump(usb, handle, "linux"),
      system: "linux",
      signal: stop.signal,
      stop: stop.signal,
      guard: {},
      isPresent: () => Promise.resolve(true),
      closed: (_: LibusbDevice, lost: boolean) => closed.push(`lost: ${lost}`),
    } as const;
    const info = {
      portPath: "1-1",
      descriptor: { idVendor: 0x0483, idProduct: 0xdf11 },
    } as unknown as UsbDeviceInfo;
    const device = new LibusbDevice(host, handle, info);
    const claiming = device.claim(0).catch(() => {});
    setTimeout(() => stop.abort(), 20);
    await systemClock.sleep(10);
    await device.close();
    await claiming;
    assert.deepEqual(closed, ["lost: true"], hanging);
  }
});

Deno.test("the context is kept until a list is released: its devices leave a list of the context", async () => {
  const kept: Promise<void>[] = [];
  const back = Promise.withResolvers<void>();
  const usb = {
    libusb_get_device_list: (_: unknown, out: BigUint64Array) => {
      out[0] = BigInt(Deno.UnsafePointer.value(Deno.UnsafePointer.of(new Uint8Array(8))));
      return Promise.resolve(0n);
    },
    libusb_free_device_list: () => back.promise,
  } as unknown as Symbols;
  const track = (work: Promise<void>) => (kept.push(work), work);
  const list = await DeviceList.read(usb, handle, "linux", { track, onLost: () => {} });
  let isBack = false;
  const freeing = list.free().then(() => isBack = true);
  assert.equal(kept.length, 1);
  await systemClock.sleep(5);
  assert.ok(!isBack);
  back.resolve();
  await freeing;
});
