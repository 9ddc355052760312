import { LibusbBus } from "../../../ffi/libusb/bus.ts";
import { Context } from "../../../ffi/libusb/context.ts";
import { configuration, deviceDescriptor, openFake, REQUEST } from "./fake_libusb.ts";

/** Opens a device, enters the state that the argument names, and ends with Deno.exit(7). */

const fake = (await openFake("hotplug"))!;
const length = BigInt(configuration.length);
const address = fake.fake_plug(0, 2, 2, deviceDescriptor, configuration, length);
const bus = new LibusbBus(await Context.open(fake.file));
globalThis.addEventListener("unload", () => {
  const { handles, claims, transfers } = fake.alive();
  console.log(JSON.stringify({ handles, claims, transfers }));
});
const info = (await bus.list()).find((info) => info.address === address)!;
const device = await bus.open(info);
await device.claim(0);
const signal = new AbortController().signal;
const options = { timeoutMs: 60_000, signal };
const setup = { bmRequestType: 0x40, bRequest: REQUEST.LOAD, wValue: 0, wIndex: 0 };
await device.controlIn(setup, 8, options);

const ignored = () => {};
switch (Deno.args[0]) {
  case "transferring":
    device.controlIn({ ...setup, bRequest: REQUEST.HOLD }, 8, options).catch(ignored);
    while (fake.alive().transfers === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    break;
  case "waiting":
    bus.changed(options).catch(ignored);
    await new Promise((resolve) => setTimeout(resolve, 10));
    break;
  case "closing":
    bus.close();
}
Deno.exit(7);
